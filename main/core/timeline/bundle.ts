import type { EventId } from "../../../preload/contract/ids.ts";
import {
  isObject,
  numberOf,
  objectOf,
  parseEvent,
  stringOf,
  type JsonObject,
  type MatrixEvent,
} from "../event.ts";

// What a server says of an event inside that event (`unsigned.m.relations`): its newest edit, and its thread. Pure.

/** No thread has more replies than this. */
const MAX_COUNT = 1_000_000;

/** What the server said of a thread when it last gave its root. */
export interface BundledThread {
  readonly count: number;
  /** The newest reply then, ms since the epoch; null when it is gone. */
  readonly latestTs: number | null;
  /** We have written in it. */
  readonly isOurs: boolean;
}

/** The thread as the stored event tells it; null where it tells none. */
export function bundledThread(raw: JsonObject): BundledThread | null {
  const thread = threadIn(raw);
  if (thread === null) return null;
  const count = numberOf(thread, "count") ?? 0;
  return {
    count: Math.min(Math.max(Math.trunc(count), 0), MAX_COUNT),
    latestTs: numberOf(objectOf(thread, "latest_event"), "origin_server_ts"),
    isOurs: thread["current_user_participated"] === true,
  };
}

/** The newest reply as it came inside the root; null where none came, or what came is no reply to it. */
export function bundledReply(event: MatrixEvent): MatrixEvent | null {
  const reply = parseEvent(threadIn(event.raw)?.["latest_event"]);
  if (reply === null || reply.stateKey !== null) return null;
  const relation = objectOf(reply.content, "m.relates_to");
  return relation["rel_type"] === "m.thread" && relation["event_id"] === event.eventId ? reply : null;
}

/**
 * The event to be stored: of the newest reply only which one it is. Its words are stored once, as an event of its own, so
 * that deleting them there leaves no copy here (RED-02).
 */
export function withoutBundledReply(event: MatrixEvent): MatrixEvent {
  const thread = threadIn(event.raw);
  if (thread === null || !isObject(thread["latest_event"])) return event;
  const { event_id, sender, origin_server_ts } = thread["latest_event"];
  const raw = withThread(event.raw, { ...thread, latest_event: { event_id, sender, origin_server_ts } });
  return parseEvent(raw) ?? event;
}

/** The event without its edit, which was deleted, and with one reply less where that was deleted. */
export function withoutDeleted(
  raw: JsonObject,
  deleted: { readonly relType: string | null; readonly eventId: EventId; readonly ts: number | null },
): JsonObject | null {
  const unsigned = objectOf(raw, "unsigned");
  if (!("m.relations" in unsigned)) return null;
  const thread = threadIn(raw);
  if (thread === null) {
    const { "m.relations": _gone, ...rest } = unsigned;
    return { ...raw, unsigned: rest };
  }
  const kept = { ...raw, unsigned: { ...unsigned, "m.relations": { "m.thread": thread } } };
  if (deleted.relType !== "m.thread") return kept;
  const latest = objectOf(thread, "latest_event");
  const latestTs = numberOf(latest, "origin_server_ts");
  // What came after the server counted was never counted by it.
  if (latestTs !== null && deleted.ts !== null && deleted.ts > latestTs) return kept;
  const count = Math.max(0, (numberOf(thread, "count") ?? 0) - 1);
  return withThread(kept, { ...thread, count });
}

/** The stored event with what the server says of its thread now; null where it says nothing new. */
export function withBundledThread(stored: JsonObject, fresh: JsonObject): JsonObject | null {
  const thread = threadIn(fresh);
  if (thread === null || JSON.stringify(thread) === JSON.stringify(threadIn(stored))) return null;
  return withThread(stored, thread);
}

function threadIn(raw: JsonObject): JsonObject | null {
  const thread = objectOf(objectOf(raw, "unsigned"), "m.relations")["m.thread"];
  return isObject(thread) ? thread : null;
}

function withThread(raw: JsonObject, thread: JsonObject): JsonObject {
  const unsigned = objectOf(raw, "unsigned");
  const relations = objectOf(unsigned, "m.relations");
  return { ...raw, unsigned: { ...unsigned, "m.relations": { ...relations, "m.thread": thread } } };
}

/** The root of the thread that an event stands in, by its content; null for none. */
export function threadRootIn(content: JsonObject): EventId | null {
  const relation = objectOf(content, "m.relates_to");
  const root = relation["rel_type"] === "m.thread" ? stringOf(relation, "event_id") : null;
  return root as EventId | null;
}
