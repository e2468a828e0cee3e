import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { stringOf, type JsonObject } from "../event.ts";
import { ok, type Result } from "../failure.ts";
import { ask } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

export interface StatePut {
  readonly roomId: RoomId;
  readonly type: string;
  /** Empty: the path ends with the type (STA-05). */
  readonly stateKey: string;
  readonly content: unknown;
}

/** `PUT /rooms/{roomId}/state/{eventType}/{stateKey}`. No transaction id: the same content again is the same (STA-06). */
export function putState(
  http: Http,
  { roomId, type, stateKey, content }: StatePut,
): Promise<Result<{ readonly eventId: EventId }>> {
  return ask(
    http,
    {
      method: "PUT",
      path:
        stateKey === ""
          ? path`/_matrix/client/v3/rooms/${roomId}/state/${type}`
          : path`/_matrix/client/v3/rooms/${roomId}/state/${type}/${stateKey}`,
      body: content,
      timeoutMs: 60_000,
    },
    (answer) => {
      const eventId = stringOf(answer, "event_id");
      return eventId ? { eventId: eventId as EventId } : null;
    },
  );
}

/** `GET /rooms/{roomId}/state/{eventType}/{stateKey}`: the content; null where the room has no such state. */
export async function fetchState(
  http: Http,
  { roomId, type, stateKey }: Omit<StatePut, "content">,
): Promise<Result<JsonObject | null>> {
  const at = path`/_matrix/client/v3/rooms/${roomId}/state/${type}`;
  const answer = await ask(
    http,
    {
      method: "GET",
      path: stateKey === "" ? at : path`/_matrix/client/v3/rooms/${roomId}/state/${type}/${stateKey}`,
    },
    (content) => content,
  );
  return !answer.ok && answer.failure.errcode === "M_NOT_FOUND" ? ok(null) : answer;
}

/** `GET /rooms/{roomId}/members`: everybody but those who left, as unchecked events. */
export const fetchMembers = (
  http: Http,
  { roomId }: { readonly roomId: RoomId },
): Promise<Result<readonly unknown[]>> =>
  ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v3/rooms/${roomId}/members`,
      query: { not_membership: "leave" },
      timeoutMs: 60_000,
      bodyTimeoutMs: 300_000,
    },
    (answer: JsonObject) => (Array.isArray(answer["chunk"]) ? (answer["chunk"] as unknown[]) : null),
  );

/** `PUT /rooms/{roomId}/redact/{eventId}/{txnId}`. */
export const redactEvent = (
  http: Http,
  request: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
    readonly transactionId: string;
    readonly reason: string;
  },
): Promise<Result<{ readonly eventId: EventId }>> =>
  ask(
    http,
    {
      method: "PUT",
      path: path`/_matrix/client/v3/rooms/${request.roomId}/redact/${request.eventId}/${request.transactionId}`,
      body: request.reason === "" ? {} : { reason: request.reason },
    },
    (answer) => {
      const eventId = stringOf(answer, "event_id");
      return eventId ? { eventId: eventId as EventId } : null;
    },
  );
