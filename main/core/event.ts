import type { EventId, TransactionId, UserId } from "../../preload/contract/ids.ts";

// From raw JSON to a typed event, for everything that brings events: sync, /messages, /context. Tolerant and pure:
// what is not an event becomes null, is counted by the caller and never throws (MAL-01, MAL-03).

export type JsonObject = Readonly<Record<string, unknown>>;

/** A room event whose envelope is sound. `content` is an object, its keys are still unchecked. */
export interface MatrixEvent {
  readonly eventId: EventId;
  readonly type: string;
  readonly sender: UserId;
  /** Ms since the epoch, sender-side: for display only (SYN-30). */
  readonly originServerTs: number;
  /** Null when this is not a state event; the empty string is a state key (STA-02). */
  readonly stateKey: string | null;
  readonly content: JsonObject;
  readonly unsigned: JsonObject;
  /** The event as it came, for *View source* and for the store. */
  readonly raw: JsonObject;
}

/** An event in invite_state or knock_state: no id, no time. */
export interface StrippedEvent {
  readonly type: string;
  readonly sender: UserId;
  readonly stateKey: string;
  readonly content: JsonObject;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A string of the given key, or null: a wrong type counts as absent (MAL-04). */
export function stringOf(object: JsonObject, key: string): string | null {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === "string" ? value : null;
}

export function objectOf(object: JsonObject, key: string): JsonObject {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isObject(value) ? value : {};
}

/** A finite number of the given key, or null. */
export function numberOf(object: JsonObject, key: string): number | null {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** SQLite and Date both take it; beyond, Date becomes invalid (MAL-09). */
const MAX_TS = 8_640_000_000_000_000;

export function parseEvent(value: unknown): MatrixEvent | null {
  if (!isObject(value)) return null;
  const eventId = stringOf(value, "event_id");
  const type = stringOf(value, "type");
  // The sender's key of the 2015 API (SYN-31).
  const sender = stringOf(value, "sender") ?? stringOf(value, "user_id");
  if (eventId === null || eventId === "" || type === null || sender === null) return null;
  if (eventId.length > 1024 || type.length > 1024 || sender.length > 1024) return null;
  const ts = numberOf(value, "origin_server_ts") ?? 0;
  return {
    eventId: eventId as EventId,
    type,
    sender: sender as UserId,
    originServerTs: Math.trunc(Math.min(Math.max(ts, 0), MAX_TS)),
    stateKey: stringOf(value, "state_key"),
    content: objectOf(value, "content"),
    unsigned: objectOf(value, "unsigned"),
    raw: value,
  };
}

export function parseStripped(value: unknown): StrippedEvent | null {
  if (!isObject(value)) return null;
  const type = stringOf(value, "type");
  const sender = stringOf(value, "sender");
  const stateKey = stringOf(value, "state_key");
  if (type === null || sender === null || stateKey === null) return null;
  return { type, sender: sender as UserId, stateKey, content: objectOf(value, "content") };
}

/** The transaction id the server attached for the device that sent the event (ECHO-09), or null. */
export const transactionIdOf = (event: MatrixEvent): TransactionId | null =>
  stringOf(event.unsigned, "transaction_id") as TransactionId | null;

/** What a redaction event redacts: in content since room version 11, at the top level before (RED-03). */
export const redactsOf = (event: MatrixEvent): EventId | null =>
  event.type === "m.room.redaction"
    ? ((stringOf(event.content, "redacts") ?? stringOf(event.raw, "redacts")) as EventId | null)
    : null;
