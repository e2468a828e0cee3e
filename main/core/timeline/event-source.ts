import type { RoomId } from "../../../preload/contract/ids.ts";
import type { EventSource } from "../../../preload/contract/models/event-source.ts";
import type { Handlers } from "../api.ts";
import { isObject, type JsonObject } from "../event.ts";
import { FailureError, invalid } from "../failure.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { LocalRow } from "./local-item.ts";
import type { MessageLookup } from "./message-lookup.ts";

// What stands behind a message: the event as the server gave it, and while that is not here, what goes to the server.

export function createEventSource(deps: MessageLookup): Pick<Handlers, "loadEventSource"> {
  const queries = timelineQueries(deps.store.cache);
  return {
    loadEventSource({ roomId, target }) {
      const eventId = deps.eventOf(roomId, target);
      const stored = eventId === null ? undefined : queries.storedEvent.get({ eventId });
      if (stored !== undefined) return { source: indented(JSON.parse(stored.raw)), send: null, missing: [] };
      const transactionId = target.transactionId === null ? null : deps.currentId(target.transactionId);
      const row = deps
        .localRows(roomId)
        .find((one) => one.transactionId === transactionId || (eventId !== null && one.eventId === eventId));
      if (row === undefined) throw new FailureError(invalid("no such event"));
      const needsFile = deps.neededUploads({ roomId, transactionId: row.transactionId }).length > 0;
      return sourceOfRow(roomId, row, needsFile);
    },
  };
}

/** What a row sends, with the names of the request it goes in (spec: PUT …/send/{eventType}/{txnId}). Pure. */
export function sourceOfRow(roomId: RoomId, row: LocalRow, needsFile: boolean): EventSource {
  const { eventType, eventId, transactionId, send } = row;
  const isReadable = send.state !== "unsent" || send.reason.code !== "unreadable";
  const content = isReadable ? withoutPlaceholders(row.content) : row.content["body"];
  const isIncomplete = isReadable && JSON.stringify(content) !== JSON.stringify(row.content);
  return {
    source: indented({
      type: eventType,
      room_id: roomId,
      ...(eventId === null ? {} : { event_id: eventId }),
      transaction_id: transactionId,
      content,
    }),
    send,
    missing: [...(isIncomplete ? (["event-id"] as const) : []), ...(needsFile ? (["file"] as const) : [])],
  };
}

/** Event ids begin with `$`; what else stands where one belongs marks a message that is not sent yet. */
function withoutPlaceholders(content: JsonObject): JsonObject {
  const relation = content["m.relates_to"];
  if (!isObject(relation)) return content;
  const { "m.in_reply_to": reply, ...rest } = withKnownId(relation);
  const answered = isObject(reply) ? { "m.in_reply_to": withKnownId(reply) } : {};
  return { ...content, "m.relates_to": { ...rest, ...answered } };
}

function withKnownId(relation: JsonObject): JsonObject {
  const { event_id: eventId, ...rest } = relation;
  const isPlaceholder = typeof eventId === "string" && eventId.startsWith("~");
  return isPlaceholder ? rest : relation;
}

const indented = (value: unknown): string => JSON.stringify(value, null, 2);
