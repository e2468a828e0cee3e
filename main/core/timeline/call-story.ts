import type { CallId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import type { CallItem, CallOutcome, TimelineItem } from "../../../preload/contract/models/timeline.ts";
import { isObject, objectOf, stringOf, type JsonObject, type MatrixEvent } from "../event.ts";
import type { StoredRow } from "../store/queries/timeline.ts";
import { offersVideo } from "./event-item.ts";

// What became of a call, told on the line of its invite: the events that follow are no lines of their own. Pure.

/** How close the answer to a crossing call follows the end of one's own, ms, by the sender's clock. */
const CROSSING_MS = 10_000;

interface CallEvent {
  readonly callId: string;
  readonly type: string;
  readonly sender: UserId;
  readonly ts: number;
  readonly reason: string | null;
  readonly invitee: string | null;
  /** Sent by this device. */
  readonly isFromHere: boolean;
}

export interface CallStoryDeps {
  readonly ownUserId: UserId;
  /** Rings or goes on here at this moment. */
  readonly isLiveCall: (callId: CallId) => boolean;
}

type Told = Pick<CallItem, "outcome" | "durationMs" | "isElsewhere">;

/** Fills in the lines of calls; the same object again while nothing changed. */
export function createCallStories(deps: CallStoryDeps) {
  const parsed = new WeakMap<StoredRow, CallEvent>();
  const told = new WeakMap<CallItem, CallItem>();

  function eventOf(row: StoredRow): CallEvent {
    const { type, sender, ts, transactionId } = row;
    const isFromHere = transactionId !== null;
    const known = parsed.get(row) ?? callEvent({ type, sender, ts, isFromHere }, contentOf(row.raw));
    parsed.set(row, known);
    return known;
  }

  function tell(item: CallItem, story: Told): CallItem {
    const before = told.get(item) ?? item;
    const isSame =
      before.outcome === story.outcome &&
      before.durationMs === story.durationMs &&
      before.isElsewhere === story.isElsewhere;
    if (isSame) return before;
    const next = { ...item, ...story };
    told.set(item, next);
    return next;
  }

  return (
    entries: readonly { readonly row: StoredRow }[],
    items: readonly TimelineItem[],
  ): readonly TimelineItem[] => {
    if (!items.some((item) => item.kind === "call")) return items;
    const events = entries.flatMap(({ row }) =>
      row.type.startsWith("m.call.") && row.isRedacted === 0 ? [eventOf(row)] : [],
    );
    return items.flatMap((item): readonly TimelineItem[] => {
      if (item.kind !== "call") return [item];
      const call = { callId: item.callId, caller: item.sender.userId };
      const isLive = deps.isLiveCall(item.callId);
      const story = isLive ? plain("open") : storyOf(call, events, deps.ownUserId);
      return story === null ? [] : [tell(item, story)];
    });
  };
}

/**
 * What the list of rooms says of a call, from its invite and what followed; null as in `storyOf`. Whether it goes on at
 * this moment is not known here.
 */
export function callPreview(
  invite: MatrixEvent,
  followers: readonly MatrixEvent[],
  ownUserId: UserId,
): NonNullable<RoomPreview["call"]> | null {
  const call = { callId: stringOf(invite.content, "call_id") ?? "", caller: invite.sender };
  const all = [invite, ...followers].map(({ type, sender, originServerTs: ts, content }) =>
    callEvent({ type, sender, ts, isFromHere: false }, content),
  );
  const story = storyOf(call, all, ownUserId);
  const isVideo = offersVideo(invite.content);
  return story === null ? null : { isVideo, outcome: story.outcome, durationMs: story.durationMs };
}

const plain = (outcome: CallOutcome): Told => ({ outcome, durationMs: null, isElsewhere: false });

/** Of a call that is over. Null: it gave way to one that crossed it, and that one has its line (GLAR-09). */
function storyOf(
  call: { readonly callId: string; readonly caller: UserId },
  all: readonly CallEvent[],
  ownUserId: UserId,
): Told | null {
  const { caller } = call;
  const events = all.filter(({ callId }) => callId === call.callId);
  const isOwn = caller === ownUserId;
  const invitee = events.find(({ type }) => type === "m.call.invite")?.invitee ?? null;
  const answer = events.find(({ type, sender }) => type === "m.call.answer" && sender !== caller);
  const byOtherDevice = (event: CallEvent): boolean => event.sender === ownUserId && !event.isFromHere;
  const end = events.find(({ type }) => type === "m.call.hangup");
  if (answer !== undefined) {
    const last = events.findLast(({ type }) => type === "m.call.hangup");
    const durationMs = last === undefined ? null : Math.max(last.ts - answer.ts, 0);
    const outcome = last?.reason === "ice_failed" ? "failed" : "ended";
    return { outcome, durationMs, isElsewhere: byOtherDevice(answer) };
  }
  if (!isOwn && invitee !== null && invitee !== ownUserId) return plain("not-for-us");
  const no = events.find(
    ({ type, sender }) => sender !== caller && (type === "m.call.reject" || type === "m.call.hangup"),
  );
  if (no !== undefined) {
    const outcome = no.reason === "user_media_failed" ? "failed" : "declined";
    return { outcome, durationMs: null, isElsewhere: byOtherDevice(no) };
  }
  if (end === undefined) return plain(isOwn ? "unanswered" : "missed");
  if (hasCrossed(end, all)) return null;
  if (end.reason === "user_media_failed" || end.reason === "ice_failed") return plain("failed");
  if (!isOwn) return plain("missed");
  return plain(end.reason === "invite_timeout" ? "unanswered" : "cancelled");
}

/** Who ended this call answered another one in the same breath. */
const hasCrossed = (end: CallEvent, all: readonly CallEvent[]): boolean =>
  all.some(
    ({ type, sender, callId, ts }) =>
      type === "m.call.answer" &&
      sender === end.sender &&
      callId !== end.callId &&
      Math.abs(ts - end.ts) <= CROSSING_MS,
  );

const callEvent = (
  event: Pick<CallEvent, "type" | "sender" | "ts" | "isFromHere">,
  content: JsonObject,
): CallEvent => ({
  ...event,
  callId: stringOf(content, "call_id") ?? "",
  reason: stringOf(content, "reason"),
  invitee: stringOf(content, "invitee"),
});

function contentOf(raw: string): JsonObject {
  try {
    const value: unknown = JSON.parse(raw);
    return isObject(value) ? objectOf(value, "content") : {};
  } catch {
    return {};
  }
}
