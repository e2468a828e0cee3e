import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import type { RoomQueries, RoomRow } from "../store/queries/rooms.ts";
import { memberName } from "./row.ts";
import type { RoomFacts, RoomWriterDeps } from "./writer.ts";

// The preview line of a room and the time it is sorted by.

export function withPreview(
  deps: RoomWriterDeps,
  queries: RoomQueries,
  row: RoomRow,
  facts: RoomFacts,
  ownUserId: UserId,
): RoomRow {
  const isGone = row.previewEventId !== null && facts.redacted.includes(row.previewEventId);
  // A redaction takes the words away: look at what is stored now instead of at what has come.
  const candidates = isGone ? storedEvents(queries, row.roomId) : [...facts.added].reverse();
  const newest = newestPreview(deps, candidates);
  if (newest === null) {
    const fallback = row.lastActivityTs > 0 ? row.lastActivityTs : activityOf(deps, facts.added.at(-1));
    return { ...row, lastActivityTs: fallback, ...(isGone ? { preview: null, previewEventId: null } : {}) };
  }
  const { event, preview } = newest;
  const isOwn = event.sender === ownUserId;
  const isPair = row.directUserId !== null || row.joinedCount + row.invitedCount <= 2;
  const sender = isOwn || isPair ? null : memberName(queries, row.roomId, event.sender);
  return {
    ...row,
    preview: JSON.stringify({ ...preview, sender, isOwn } satisfies RoomPreview),
    previewEventId: event.eventId,
    lastActivityTs: isGone ? row.lastActivityTs : activityOf(deps, event),
  };
}

const activityOf = (deps: RoomWriterDeps, event: MatrixEvent | undefined): number =>
  event === undefined ? 0 : Math.min(event.originServerTs, deps.now());

function newestPreview(deps: RoomWriterDeps, newestFirst: readonly MatrixEvent[]) {
  for (const event of newestFirst) {
    const preview = deps.buildPreview(event);
    if (preview !== null) return { event, preview };
  }
  return null;
}

function storedEvents(queries: RoomQueries, roomId: RoomId): MatrixEvent[] {
  return queries.newestEvents
    .all({ roomId })
    .map((row) => parseEvent(JSON.parse(row.raw)))
    .filter((event) => event !== null);
}
