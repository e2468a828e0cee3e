import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import { isObject, numberOf, stringOf, type JsonObject } from "../event.ts";
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
  /** Null: from the end, or going forward from the start. */
  readonly from: string | null;
  readonly limit: number;
  /** A filter as JSON text. */
  readonly filter: string;
  /** Default: backward. */
  readonly direction?: "backward" | "forward";
  readonly signal?: AbortSignal;
}

/** A page of history: newest first going back, oldest first going forward. Entries are unchecked. */
export interface MessagesPage {
  readonly chunk: readonly unknown[];
  readonly state: readonly unknown[];
  /** Where this page began. */
  readonly start: string | null;
  /** Where the next page begins; null where there is none. */
  readonly end: string | null;
}

/** `GET /rooms/{roomId}/messages`. */
export function fetchMessages(http: Http, request: MessagesRequest): Promise<Result<MessagesPage>> {
  const { roomId, from, limit, filter, direction = "backward", signal } = request;
  return ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v3/rooms/${roomId}/messages`,
      query: { dir: direction === "backward" ? "b" : "f", from: from ?? undefined, limit, filter },
      // The server may fetch from other servers first.
      timeoutMs: 60_000,
      ...withSignal(signal),
    },
    (answer): MessagesPage | null => {
      // Synapse leaves the chunk in place when empty; the specification demands it.
      if (!Array.isArray(answer.chunk)) return null;
      const end = stringOf(answer, "end");
      const state: readonly unknown[] = Array.isArray(answer.state) ? answer.state : [];
      const start = stringOf(answer, "start") || null;
      // An end that leads nowhere new would make us ask for ever.
      return {
        chunk: answer.chunk,
        state,
        start,
        end: end === null || end === "" || end === from ? null : end,
      };
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

/** `GET /rooms/{roomId}/relations/{eventId}/{relType}`, newest first. Entries are unchecked. */
export function fetchRelations(
  http: Http,
  request: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
    readonly relType: string;
    readonly limit: number;
    readonly from: string | null;
  },
): Promise<Result<{ readonly chunk: readonly unknown[]; readonly nextBatch: string | null }>> {
  const { roomId, eventId, relType, limit, from } = request;
  return ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v1/rooms/${roomId}/relations/${eventId}/${relType}`,
      query: from === null ? { limit } : { limit, from },
    },
    (answer) => {
      if (!Array.isArray(answer["chunk"])) return null;
      const next = stringOf(answer, "next_batch");
      return { chunk: answer["chunk"], nextBatch: next === "" || next === from ? null : next };
    },
  );
}

/** `GET /rooms/{roomId}/threads`: the roots, last active first. */
export function fetchThreads(
  http: Http,
  request: { readonly roomId: RoomId; readonly limit: number; readonly from: string | null },
): Promise<Result<{ readonly chunk: readonly unknown[]; readonly nextBatch: string | null }>> {
  const { roomId, limit, from } = request;
  return ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v1/rooms/${roomId}/threads`,
      query: from === null ? { limit } : { limit, from },
    },
    (answer) => {
      if (!Array.isArray(answer["chunk"])) return null;
      const next = stringOf(answer, "next_batch");
      return { chunk: answer["chunk"], nextBatch: next === "" || next === from ? null : next };
    },
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

export interface ContextRequest {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  /** Events before and after it together. */
  readonly limit: number;
  /** A filter as JSON text. */
  readonly filter: string;
  readonly signal?: AbortSignal;
}

/** An event and its surroundings. Entries are unchecked. */
export interface Context {
  readonly event: JsonObject;
  /** Newest first. */
  readonly before: readonly unknown[];
  /** Oldest first. */
  readonly after: readonly unknown[];
  /** As it was at the newest of these events (CTX-02). */
  readonly state: readonly unknown[];
  /** Where older and newer pages begin; null where there are none. */
  readonly start: string | null;
  readonly end: string | null;
}

/** `GET /rooms/{roomId}/context/{eventId}` (CTX-01). */
export function fetchContext(http: Http, request: ContextRequest): Promise<Result<Context>> {
  const { roomId, eventId, limit, filter, signal } = request;
  return ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v3/rooms/${roomId}/context/${eventId}`,
      query: { limit, filter },
      timeoutMs: 60_000,
      ...withSignal(signal),
    },
    (answer): Context | null => {
      if (!isObject(answer["event"])) return null;
      return {
        event: answer["event"],
        before: listOf(answer, "events_before"),
        after: listOf(answer, "events_after"),
        state: listOf(answer, "state"),
        start: stringOf(answer, "start") || null,
        end: stringOf(answer, "end") || null,
      };
    },
  );
}

const listOf = (object: JsonObject, key: string): readonly unknown[] => {
  const value = object[key];
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
};

export interface EventAt {
  readonly eventId: EventId;
  /** Ms since the epoch, as the sender says. */
  readonly ts: number;
}

/** `GET /rooms/{roomId}/timestamp_to_event`: the nearest event at or after (forward), or at or before, a time. */
export function fetchEventAt(
  http: Http,
  request: {
    readonly roomId: RoomId;
    readonly ts: number;
    readonly direction: "backward" | "forward";
    readonly signal?: AbortSignal;
  },
): Promise<Result<EventAt>> {
  const { roomId, ts, direction, signal } = request;
  return ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v1/rooms/${roomId}/timestamp_to_event`,
      query: { ts, dir: direction === "backward" ? "b" : "f" },
      timeoutMs: 60_000,
      ...withSignal(signal),
    },
    (answer) => {
      const eventId = stringOf(answer, "event_id");
      const found = numberOf(answer, "origin_server_ts");
      return eventId ? { eventId: eventId as EventId, ts: found ?? ts } : null;
    },
  );
}
