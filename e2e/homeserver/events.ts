import { isObject, stringOr, type JsonObject } from "./json.ts";

/** An event as the server keeps it and as `world.events()` shows it. */
export interface RawEvent {
  event_id: string;
  type: string;
  sender: string;
  content: JsonObject;
  origin_server_ts: number;
  state_key?: string;
  redacts?: string;
  unsigned?: JsonObject;
}

/** Who sent an event through the client API and under which transaction id. */
export interface SentBy {
  userId: string;
  /** null: any device of the sender sees the transaction id (world.sendMessage). */
  deviceId: string | null;
  transactionId: string;
}

/** An event with its two places: in the room (index) and in the server's stream (position). */
export interface StoredEvent {
  raw: RawEvent;
  position: number;
  index: number;
  /** Injected JSON that must reach clients byte for byte, however odd. */
  verbatim: { json: unknown } | null;
  /** The state event this one replaced. */
  previous: StoredEvent | null;
  sentBy: SentBy | null;
  redactedBy: StoredEvent | null;
}

/** What the reader of an event is, as far as its JSON depends on it. */
export interface Reader {
  userId: string;
  deviceId: string;
  /** The server's idea of now for `age`, in ms. */
  now: number;
  omitTransactionId: boolean;
}

/** Makes something that can be filed from arbitrary JSON; the JSON itself is kept aside. */
export function fileable(json: unknown, eventId: string, now: number): RawEvent {
  const given: JsonObject = isObject(json) ? json : {};
  const raw: RawEvent = {
    event_id: stringOr(given["event_id"], eventId),
    type: stringOr(given["type"], ""),
    sender: stringOr(given["sender"], ""),
    content: isObject(given["content"]) ? given["content"] : {},
    origin_server_ts: typeof given["origin_server_ts"] === "number" ? given["origin_server_ts"] : now,
  };
  // Only a whole state event may take effect as state; anything else is just shown.
  if (typeof given["state_key"] === "string" && isObject(given["content"]) && raw.type !== "") {
    raw.state_key = given["state_key"];
  }
  if (typeof given["redacts"] === "string") raw.redacts = given["redacts"];
  return raw;
}

/** The event a message or reaction points at, with the kind of relation. */
export function relationOf(raw: RawEvent): { type: string; target: string } | undefined {
  const relates = raw.content["m.relates_to"];
  if (!isObject(relates)) return undefined;
  const { rel_type: type, event_id: target } = relates;
  return typeof type === "string" && typeof target === "string" ? { type, target } : undefined;
}

/** True for a message that edits another. */
export function isEdit(raw: RawEvent): boolean {
  return relationOf(raw)?.type === "m.replace";
}

/** Stripped state, as in invites: type, state_key, sender, content. */
export function stripped(event: StoredEvent): JsonObject {
  const { type, state_key, sender, content } = event.raw;
  return { type, state_key, sender, content };
}
