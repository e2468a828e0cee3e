import { assertJoined, assertMaySend, isValidPowerLevels, levelFor, powerOf } from "./authorization.ts";
import { ok, type Answer, type Call } from "./call.ts";
import type { JsonObject } from "./json.ts";
import { forbidden, invalidParam, MatrixError, notFound } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";
import type { Draft } from "./state.ts";

const ROOM = "/_matrix/client/{client}/rooms/:roomId";
/** Spec, size limits: a whole event, as canonical JSON, in bytes. */
const MAX_EVENT_BYTES = 65_536;
/** What servers add to an event before measuring it: hashes, signature, auth and previous events. */
const SERVER_SHARE_BYTES = 800;

/** Sending events, state and redactions. */
export const sendingRoutes: readonly Route[] = [
  route("PUT", `${ROOM}/send/:eventType/:transactionId`, send),
  route("PUT", `${ROOM}/redact/:eventId/:transactionId`, redact),
  route("PUT", `${ROOM}/state/:eventType/:stateKey`, putState),
  route("PUT", `${ROOM}/state/:eventType`, putState),
];

/** Runs `act` once per device, endpoint and transaction id; a repetition gets the first answer. */
function once(call: Call, act: () => string): Answer {
  const { transactions } = call.device;
  let eventId = transactions.get(call.path);
  if (eventId === undefined) {
    eventId = act();
    transactions.set(call.path, eventId);
  }
  return ok({ event_id: eventId });
}

function send(call: Call): Answer {
  return once(call, () => {
    const { room, user, site } = call;
    const type = call.param("eventType");
    const content = call.json;
    assertMaySend(room, user.userId, type, false);
    if (type === "m.room.message") assertMessage(content);
    const draft: Draft = { type, sender: user.userId, content, sentBy: sentBy(call) };
    assertSize(room.id, draft);
    if (type === "m.room.redaction") return redactBySend(call, content);
    const event = site.state.append(room, draft);
    if (room.typing.has(user.userId)) {
      site.state.setTyping(
        room,
        [...room.typing].filter((userId) => userId !== user.userId),
      );
    }
    return event.raw.event_id;
  });
}

function sentBy(call: Call) {
  return {
    userId: call.user.userId,
    deviceId: call.device.deviceId,
    transactionId: call.param("transactionId"),
  };
}

/** Spec, m.room.message: servers reject messages without msgtype and a textual body with 400. */
function assertMessage(content: JsonObject): void {
  if (typeof content["msgtype"] !== "string") {
    throw new MatrixError(400, "M_BAD_JSON", "'msgtype' is missing");
  }
  if (typeof content["body"] !== "string") {
    throw new MatrixError(400, "M_BAD_JSON", "'body' is missing");
  }
}

function assertSize(roomId: string, draft: Draft): void {
  const bytes = Buffer.byteLength(JSON.stringify({ ...draft, roomId })) + SERVER_SHARE_BYTES;
  const isKeyTooLong = [draft.type, draft.stateKey ?? "", draft.sender].some(
    (text) => Buffer.byteLength(text) > 255,
  );
  if (bytes > MAX_EVENT_BYTES || isKeyTooLong) {
    throw new MatrixError(413, "M_TOO_LARGE", "event too large");
  }
}

/** Since v1.18 a redaction may also be sent with /send, naming its target in the content. */
function redactBySend(call: Call, content: JsonObject): string {
  const target = content["redacts"];
  if (typeof target !== "string") throw invalidParam("redacts is missing");
  return redactEvent(call, target, content["reason"]);
}

function redact(call: Call): Answer {
  return once(call, () => {
    assertJoined(call.room, call.user.userId);
    return redactEvent(call, call.param("eventId"), call.optionalJson["reason"]);
  });
}

function redactEvent(call: Call, targetId: string, reason: unknown): string {
  const { room, user, site } = call;
  const target = room.byId.get(targetId);
  if (target === undefined) throw notFound("Could not find event");
  const isOwn = target.raw.sender === user.userId;
  if (!isOwn && powerOf(room, user.userId) < levelFor(room, "redact")) {
    throw forbidden("You don't have permission to redact events");
  }
  const draft = { sender: user.userId, sentBy: sentBy(call) };
  const text = typeof reason === "string" ? reason : undefined;
  return site.state.redact(room, target, draft, text).raw.event_id;
}

function putState(call: Call): Answer {
  const { room, user, site } = call;
  const type = call.param("eventType");
  const stateKey = call.param("stateKey");
  const content = call.json;
  const isOwnMember = type === "m.room.member" && stateKey === user.userId;
  if (isOwnMember) assertJoined(room, user.userId);
  else assertMaySend(room, user.userId, type, true);
  if (stateKey.startsWith("@") && stateKey !== user.userId && type !== "m.room.member") {
    throw forbidden("You are not allowed to set others state");
  }
  if (type === "m.room.power_levels" && !isValidPowerLevels(room, content)) {
    throw new MatrixError(400, "M_BAD_JSON", "Not valid power levels for this room");
  }
  const draft: Draft = { type, sender: user.userId, stateKey, content };
  assertSize(room.id, draft);
  const current = room.state(type, stateKey);
  // Setting the same state again is no new event (Synapse does the same).
  const isSame = JSON.stringify(current?.raw.content) === JSON.stringify(content);
  const event = current !== undefined && isSame ? current : site.state.append(room, draft);
  return ok({ event_id: event.raw.event_id });
}
