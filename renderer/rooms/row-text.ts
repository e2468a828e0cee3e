import type { RoomSummary } from "../../preload/contract/models/room.ts";
import { callInList } from "../text/call-strings.ts";
import { strings } from "../text/strings.ts";
import { clockTime } from "../text/when.ts";

const locale = typeof navigator === "undefined" ? "en" : navigator.language;
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const oldDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric", year: "2-digit" });
const compact = new Intl.NumberFormat(locale, { notation: "compact" });

const day = 86_400_000;

/**
 * When the room was last active, as short as it can be said: "14:05", "Tue", "3 May", "03/05/24". `midnight` is the
 * start of today, both ms since the epoch; nothing for an unknown time.
 */
export function rowTime(ts: number, midnight: number): string {
  if (!(ts > 0 && ts <= 8.64e15)) return "";
  if (ts >= midnight) return clockTime(ts);
  if (ts >= midnight - 6 * day) return weekday.format(ts);
  const isThisYear = new Date(ts).getFullYear() === new Date(midnight).getFullYear();
  return (isThisYear ? dayOfYear : oldDay).format(ts);
}

/** Start of the local day of `now`, ms since the epoch. */
export function midnightOf(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

/** "128", "1.2K": at most four characters. */
export const badgeCount = (count: number): string => (count < 1000 ? String(count) : compact.format(count));

/** Who said it and what, kept apart so that the row can show them differently. */
export interface PreviewText {
  readonly sender: string | null;
  readonly text: string;
  /** What it says is our word for it, not the sender's. */
  readonly isKind: boolean;
}

export function previewText(room: RoomSummary): PreviewText {
  if (room.membership === "invite") return { sender: null, text: strings.rooms.invited, isKind: true };
  if (room.membership === "knock") return { sender: null, text: strings.rooms.knocked, isKind: true };
  const { preview } = room;
  if (preview === null) return { sender: null, text: strings.rooms.noPreview, isKind: true };
  const { text } = preview;
  const sender = preview.isOwn ? strings.rooms.you : preview.sender;
  switch (preview.kind) {
    case "text":
      return { sender: sender, text, isKind: false };
    case "emote":
      return { sender: null, text: sender === null ? text : `${sender} ${text}`, isKind: false };
    case "state":
      return { sender: null, text: text || strings.rooms.noPreview, isKind: true };
    case "call":
      return {
        sender: null,
        text: preview.call ? callInList(preview.call) : strings.rooms.preview.call,
        isKind: true,
      };
    case "redacted":
    case "encrypted":
      return { sender: sender, text: strings.rooms.preview[preview.kind], isKind: true };
    default: {
      const kind = strings.rooms.preview[preview.kind];
      return { sender: sender, text: text || kind, isKind: text === "" };
    }
  }
}

/** The number in the badge; an invitation has none. */
export const badgeText = (room: RoomSummary): string =>
  room.isMarkedUnread && room.unread === 0
    ? ""
    : room.unread + room.highlight === 0
      ? "!"
      : badgeCount(Math.max(room.unread, room.highlight));

/** What the badge says to those who do not see it; name, time and preview are read as they stand. */
export function badgeLabel(room: RoomSummary): string {
  const parts: string[] = [];
  if (room.unread > 0) parts.push(strings.rooms.unread(room.unread));
  if (room.highlight > 0) parts.push(strings.rooms.highlight(room.highlight));
  if (room.isMarkedUnread && room.unread === 0) parts.push(strings.rooms.markedUnread);
  if (room.unsent > 0) parts.push(strings.rooms.unsent(room.unsent));
  if (room.isMuted) parts.push(strings.rooms.muted);
  return parts.join(", ");
}

/** The one badge of a row: the most urgent thing. */
export type RowBadge = "unsent" | "mention" | "unread" | "muted" | null;
export function badgeOf(room: RoomSummary): RowBadge {
  if (room.unsent > 0) return "unsent";
  if (room.highlight > 0 || room.membership === "invite") return "mention";
  if (room.unread > 0) return room.isMuted ? "muted" : "unread";
  if (room.isMarkedUnread) return "unread";
  return null;
}
