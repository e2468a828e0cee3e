import { assertJoined } from "./authorization.ts";
import { ok, type Answer, type Call } from "./call.ts";
import { stringOr } from "./json.ts";
import { forbidden, invalidParam, notFound } from "./matrix-error.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";

const ROOM = "/_matrix/client/{client}/rooms/:roomId";

/** Typing, receipts and read markers. */
export const participationRoutes: readonly Route[] = [
  route("PUT", `${ROOM}/typing/:userId`, typing),
  route("POST", `${ROOM}/receipt/:receiptType/:eventId`, receipt),
  route("POST", `${ROOM}/read_markers`, readMarkers),
];

/** Typing notices older than this are taken back, whatever the client asked, ms. */
const MAX_TYPING_MS = 120_000;

/** Pending ends of typing notices, by room and user. */
const typingTimers = new WeakMap<Room, Map<string, NodeJS.Timeout>>();

function typing(call: Call): Answer {
  const { room, user } = call;
  if (call.param("userId") !== user.userId) throw forbidden("Cannot set others typing");
  assertJoined(room, user.userId);
  const body = call.json;
  if (typeof body["typing"] !== "boolean") throw invalidParam("typing must be a boolean");
  const timers = typingTimers.get(room) ?? new Map<string, NodeJS.Timeout>();
  typingTimers.set(room, timers);
  clearTimeout(timers.get(user.userId));
  if (!body["typing"]) {
    stopTyping(call);
    return ok();
  }
  if (!room.typing.has(user.userId)) call.site.state.setTyping(room, [...room.typing, user.userId]);
  const asked = typeof body["timeout"] === "number" ? body["timeout"] : 30_000;
  const timer = setTimeout(() => stopTyping(call), Math.min(asked, MAX_TYPING_MS));
  timers.set(user.userId, timer.unref());
  return ok();
}

function stopTyping({ room, user, site }: Call): void {
  if (!room.typing.has(user.userId)) return;
  site.state.setTyping(
    room,
    [...room.typing].filter((id) => id !== user.userId),
  );
}

const RECEIPT_TYPES = ["m.read", "m.read.private", "m.fully_read"];

function receipt(call: Call): Answer {
  const type = call.param("receiptType");
  if (!RECEIPT_TYPES.includes(type)) throw invalidParam("Receipt type must be a known one");
  assertJoined(call.room, call.user.userId);
  const threadId = call.optionalJson["thread_id"];
  if (threadId !== undefined && (typeof threadId !== "string" || threadId === "")) {
    throw invalidParam("thread_id must be a non-empty string");
  }
  if (type === "m.fully_read" && threadId !== undefined) {
    throw invalidParam("thread_id is not compatible with m.fully_read");
  }
  mark(call, type, call.param("eventId"), stringOr(threadId, undefined));
  return ok();
}

function mark(call: Call, type: string, eventId: string, threadId?: string): void {
  const { room, user, site } = call;
  if (type === "m.fully_read") {
    if (!room.byId.has(eventId)) throw notFound("Event not found");
    site.state.setAccountData(user, room.id, "m.fully_read", { event_id: eventId });
    return;
  }
  site.state.setReceipt(room, user.userId, type, eventId, threadId);
}

function readMarkers(call: Call): Answer {
  assertJoined(call.room, call.user.userId);
  const body = call.json;
  for (const type of RECEIPT_TYPES) {
    const eventId = body[type];
    if (eventId === undefined) continue;
    if (typeof eventId !== "string") throw invalidParam(`${type} must be an event id`);
    mark(call, type, eventId);
  }
  return ok();
}
