import type { EventId, MxcUri, RoomId } from "../../../preload/contract/ids.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import { mxcPath } from "../mxc.ts";
import type { AttentionEvent, AttentionRoom } from "../store/queries/attention.ts";
import { oneLine, plainText } from "../text.ts";
import { words } from "./words.ts";

// Pure: what a notification says, by what it stands for and what the user lets it say.

/** Code points of a notification's text: systems cut at less. */
const MAX_TEXT = 200;
const ICON = { width: 96, height: 96, method: "crop" } as const;

/** A notification before it stands: its number is given then. */
export type Draft = Omit<Notice, "version">;

export interface ToldEvent extends AttentionEvent {
  readonly preview: RoomPreview | null;
}

export type NoticeSettings = Pick<Settings, "notificationText" | "notificationSound">;

/** What a room's notification is about. */
export interface RoomNewsToTell {
  /** Stands for all `count` of them, 1…. */
  readonly newest: ToldEvent;
  readonly count: number;
  /** A rule wants one of them heard. */
  readonly hasSound: boolean;
}

export function roomNotice(
  roomId: RoomId,
  room: AttentionRoom,
  { newest, count, hasSound }: RoomNewsToTell,
  settings: NoticeSettings,
): Draft {
  const sender = line(newest.senderName) ?? line(newest.sender) ?? words.somebody;
  const isPair = room.directUserId !== null;
  const roomName = line(room.name);
  const isSaid = settings.notificationText === "full";
  const text = isSaid ? words.thing(newest.preview, sender) : words.newMessage;
  return {
    tag: roomId,
    kind: "message",
    roomId,
    eventId: newest.eventId,
    ...titled(settings, isPair || roomName === null ? sender : words.inRoom(sender, roomName)),
    body:
      settings.notificationText === "none" && count > 1
        ? words.newMessages(count)
        : words.andMore(oneLine(text, MAX_TEXT), count - 1),
    avatar:
      settings.notificationText === "none"
        ? null
        : icon(isPair ? newest.senderAvatar : (room.avatarMxc ?? newest.senderAvatar)),
    isSilent: !settings.notificationSound || !hasSound,
    count,
    actions: ["reply", "mark-read"],
  };
}

/** The tag of what came while the app was off. */
export const DIGEST = "digest";

/** What came while the app was off, as one. */
export function digestNotice(
  rooms: readonly { readonly name: string | null; readonly count: number; readonly highlights: number }[],
  settings: NoticeSettings,
): Draft {
  const total = (key: "count" | "highlights"): number => rooms.reduce((sum, room) => sum + room[key], 0);
  const summary = words.digest(total("count"), rooms.length, total("highlights"));
  const names = rooms.flatMap(({ name }) => line(name) ?? []).slice(0, 5);
  return {
    tag: DIGEST,
    kind: "digest",
    roomId: null,
    eventId: null,
    title: words.whileAway,
    body:
      settings.notificationText === "none" || names.length === 0
        ? summary
        : oneLine(`${summary}: ${names.join(", ")}`, MAX_TEXT),
    avatar: null,
    isSilent: !settings.notificationSound,
    count: total("count"),
    actions: [],
  };
}

export interface CallFacts {
  readonly callId: string;
  readonly roomId: RoomId;
  /** Display name of who calls. */
  readonly caller: string;
  readonly avatar: MxcUri | null;
  readonly isVideo: boolean;
}

export const callTag = (callId: string): string => `call:${callId}`;

/** A call that rings. `isSilent`: a page plays the ring tone, or nobody wants to hear one. */
export function callNotice(call: CallFacts, isSilent: boolean, settings: NoticeSettings): Draft {
  return {
    tag: callTag(call.callId),
    kind: "call",
    roomId: call.roomId,
    eventId: null,
    ...titled(settings, line(call.caller) ?? words.somebody),
    body: call.isVideo ? words.incomingVideoCall : words.incomingCall,
    avatar: settings.notificationText === "none" ? null : icon(call.avatar),
    isSilent: isSilent || !settings.notificationSound,
    count: 1,
    actions: ["answer", "decline"],
  };
}

/** A call that nobody took. It stands for its invite, unread until the room is read. */
export function missedCallNotice(
  call: CallFacts & { readonly eventId: EventId },
  settings: NoticeSettings,
): Draft {
  return {
    tag: callTag(call.callId),
    kind: "message",
    roomId: call.roomId,
    eventId: call.eventId,
    ...titled(settings, line(call.caller) ?? words.somebody),
    body: call.isVideo ? words.missedVideoCall : words.missedCall,
    avatar: settings.notificationText === "none" ? null : icon(call.avatar),
    // It has rung for long enough.
    isSilent: true,
    count: 1,
    actions: ["call-back", "mark-read"],
  };
}

export function inviteNotice(
  roomId: RoomId,
  invite: { readonly room: string | null; readonly inviter: string | null; readonly avatar: MxcUri | null },
  settings: NoticeSettings,
): Draft {
  const isPrivate = settings.notificationText === "none";
  return {
    tag: roomId,
    kind: "invite",
    roomId,
    eventId: null,
    ...titled(settings, line(invite.room) ?? words.invitation),
    body: isPrivate ? words.invitation : words.invited(line(invite.inviter)),
    avatar: isPrivate ? null : icon(invite.avatar),
    isSilent: !settings.notificationSound,
    count: 1,
    actions: [],
  };
}

/** A request to join that somebody has turned down. */
export interface DeclinedKnock {
  readonly roomId: RoomId;
  readonly name: string | null;
  readonly reason: string | null;
}

export function declinedNotice({ roomId, name, reason }: DeclinedKnock, settings: NoticeSettings): Draft {
  const isPrivate = settings.notificationText === "none";
  return {
    tag: `knock ${roomId}`,
    kind: "message",
    roomId,
    eventId: null,
    ...titled(settings, line(name) ?? words.declined(null)),
    body: words.declined(isPrivate ? null : reason),
    avatar: null,
    isSilent: true,
    count: 1,
    actions: [],
  };
}

const titled = (settings: NoticeSettings, title: string): { readonly title: string } => ({
  title: settings.notificationText === "none" ? words.appName : title,
});

/** Names come from elsewhere: one plain line (XSS-04). */
function line(name: string | null): string | null {
  const text = plainText(name, MAX_TEXT);
  return text === null || text === "" ? null : oneLine(text, MAX_TEXT);
}

const icon = (mxc: MxcUri | null): string | null => (mxc === null ? null : mxcPath(mxc, ICON));
