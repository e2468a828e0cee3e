import { isObject, type JsonObject } from "./json.ts";
import type { Reader, StoredEvent } from "./events.ts";
import { isEdit } from "./events.ts";
import type { Room } from "./room.ts";

/** The client's JSON of an event; `roomId` is left out in /sync and given elsewhere. */
export function serveEvent(room: Room, event: StoredEvent, reader: Reader, withRoomId: boolean): unknown {
  if (event.verbatim !== null) return event.verbatim.json;
  const { event_id, type, sender, content, origin_server_ts } = event.raw;
  const json: JsonObject = { type, sender, content, event_id, origin_server_ts };
  if (event.raw.state_key !== undefined) json["state_key"] = event.raw.state_key;
  if (event.raw.redacts !== undefined && event.redactedBy === null) {
    // Both places, whatever the room version: clients of either age find their target.
    json["redacts"] = event.raw.redacts;
    json["content"] = { ...content, redacts: event.raw.redacts };
  }
  if (withRoomId) json["room_id"] = room.id;
  json["unsigned"] = unsignedOf(room, event, reader);
  return json;
}

function unsignedOf(room: Room, event: StoredEvent, reader: Reader): JsonObject {
  const unsigned: JsonObject = { age: reader.now - event.raw.origin_server_ts };
  unsigned["membership"] = room.membership(reader.userId, event.index + 1);
  if (event.previous !== null) {
    unsigned["replaces_state"] = event.previous.raw.event_id;
    unsigned["prev_content"] = event.previous.raw.content;
    unsigned["prev_sender"] = event.previous.raw.sender;
  }
  if (isOwnSending(event, reader)) unsigned["transaction_id"] = event.sentBy?.transactionId;
  if (event.redactedBy !== null) {
    unsigned["redacted_by"] = event.redactedBy.raw.event_id;
    unsigned["redacted_because"] = serveEvent(room, event.redactedBy, reader, true);
  }
  const relations = bundledRelations(room, event, reader);
  if (relations !== undefined) unsigned["m.relations"] = relations;
  return unsigned;
}

/** The transaction id is for the device that sent the event, and no other. */
function isOwnSending(event: StoredEvent, reader: Reader): boolean {
  const { sentBy } = event;
  if (sentBy === null || reader.omitTransactionId || sentBy.userId !== reader.userId) return false;
  return sentBy.deviceId === null || sentBy.deviceId === reader.deviceId;
}

/** Aggregations served with an event: its latest edit, references to it, its thread. */
function bundledRelations(room: Room, event: StoredEvent, reader: Reader): JsonObject | undefined {
  const related = room.relations.get(event.raw.event_id);
  if (related === undefined || event.redactedBy !== null) return undefined;
  const living = related.filter((child) => child.redactedBy === null && child.verbatim === null);
  const bundle: JsonObject = {};
  const edit = latestEdit(event, living);
  if (edit !== undefined) bundle["m.replace"] = serveEvent(room, edit, reader, true);
  const references = living.filter((child) => kindOf(child) === "m.reference");
  if (references.length > 0) {
    bundle["m.reference"] = { chunk: references.map((child) => ({ event_id: child.raw.event_id })) };
  }
  const thread = living.filter((child) => kindOf(child) === "m.thread");
  const latest = thread.at(-1);
  if (latest !== undefined) {
    bundle["m.thread"] = {
      latest_event: serveEvent(room, latest, reader, true),
      count: thread.length,
      current_user_participated: thread.some((child) => child.raw.sender === reader.userId),
    };
  }
  return Object.keys(bundle).length === 0 ? undefined : bundle;
}

function kindOf(event: StoredEvent): unknown {
  const relates = event.raw.content["m.relates_to"];
  return isObject(relates) ? relates["rel_type"] : undefined;
}

/** The newest valid edit: same sender, same type, with new content, of an event that is no edit. */
function latestEdit(event: StoredEvent, children: readonly StoredEvent[]): StoredEvent | undefined {
  if (isEdit(event.raw) || event.raw.state_key !== undefined) return undefined;
  return children.findLast(
    (child) =>
      isEdit(child.raw) &&
      child.raw.sender === event.raw.sender &&
      child.raw.type === event.raw.type &&
      isObject(child.raw.content["m.new_content"]),
  );
}
