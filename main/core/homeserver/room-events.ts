import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import { stringOf, type JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask, withSignal } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

export interface SendRequest {
  readonly roomId: RoomId;
  readonly eventType: string;
  readonly transactionId: TransactionId;
  readonly content: JsonObject;
  readonly signal?: AbortSignal;
}

/** `PUT /rooms/{roomId}/send/{eventType}/{txnId}`, and for redactions `PUT /rooms/{roomId}/redact/{eventId}/{txnId}`. */
export function sendEvent(http: Http, request: SendRequest): Promise<Result<{ readonly eventId: EventId }>> {
  const { roomId, eventType, transactionId, content, signal } = request;
  const redacts = eventType === "m.room.redaction" ? stringOf(content, "redacts") : null;
  return ask(
    http,
    {
      method: "PUT",
      path:
        redacts === null
          ? path`/_matrix/client/v3/rooms/${roomId}/send/${eventType}/${transactionId}`
          : path`/_matrix/client/v3/rooms/${roomId}/redact/${redacts}/${transactionId}`,
      body: redacts === null ? content : withoutTarget(content),
      ...withSignal(signal),
    },
    (answer) => {
      const eventId = stringOf(answer, "event_id");
      return eventId ? { eventId: eventId as EventId } : null;
    },
  );
}

/** The path names the target (before v1.18 of the specification only the path did). */
const withoutTarget = ({ redacts: _inPath, ...rest }: JsonObject): JsonObject => rest;

export interface MessagesRequest {
  readonly roomId: RoomId;
  readonly from: string;
  readonly limit: number;
  /** A filter as JSON text. */
  readonly filter: string;
  readonly signal?: AbortSignal;
}

/** A page of older history: newest first. Entries are unchecked. */
export interface MessagesPage {
  readonly chunk: readonly unknown[];
  readonly state: readonly unknown[];
  /** Where the next page begins; null at the start of the room. */
  readonly end: string | null;
}

/** `GET /rooms/{roomId}/messages`, backwards. */
export function fetchMessages(http: Http, request: MessagesRequest): Promise<Result<MessagesPage>> {
  const { roomId, from, limit, filter, signal } = request;
  return ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v3/rooms/${roomId}/messages`,
      query: { dir: "b", from, limit, filter },
      // The server may fetch from other servers first.
      timeoutMs: 60_000,
      ...withSignal(signal),
    },
    (answer): MessagesPage | null => {
      // Synapse leaves the chunk in place when empty; the specification demands it.
      if (!Array.isArray(answer.chunk)) return null;
      const end = stringOf(answer, "end");
      const state: readonly unknown[] = Array.isArray(answer.state) ? answer.state : [];
      // An end that leads nowhere new would make us ask for ever.
      return { chunk: answer.chunk, state, end: end === null || end === "" || end === from ? null : end };
    },
  );
}

/**
 * `GET /rooms/{roomId}/context/{eventId}` without neighbours: the token from which history goes on backwards before
 * this event. A server that names none gives a malformed answer.
 */
export function fetchTokenBefore(
  http: Http,
  request: { readonly roomId: RoomId; readonly eventId: EventId; readonly signal?: AbortSignal },
): Promise<Result<string>> {
  const { roomId, eventId, signal } = request;
  return ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v3/rooms/${roomId}/context/${eventId}`,
      query: { limit: 0, filter: JSON.stringify({ lazy_load_members: true }) },
      timeoutMs: 60_000,
      ...withSignal(signal),
    },
    (answer) => stringOf(answer, "start") || null,
  );
}

/** `GET /rooms/{roomId}/event/{eventId}`. The event is unchecked. */
export function fetchEvent(
  http: Http,
  { roomId, eventId }: { readonly roomId: RoomId; readonly eventId: EventId },
): Promise<Result<JsonObject>> {
  return ask(
    http,
    { method: "GET", path: path`/_matrix/client/v3/rooms/${roomId}/event/${eventId}` },
    (answer) => answer,
  );
}
