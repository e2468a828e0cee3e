import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { changesOf } from "../changes.ts";
import type { OutgoingRow } from "../store/queries/sending.ts";
import { pointDependents } from "./dependents.ts";
import { commit, releaseBehind, type Queue } from "./queue.ts";

// When may a row leave the queue? In three cases and no other (architecture.md, section 4.B, point 10):
//   1. its echo is in the cache, by transaction id, whatever state the row is in (ECHO-10);
//   2. the event its answer named is in the cache (servers that omit the transaction id);
//   3. it is sent, and a gap has opened in its room since the first attempt, or the cache is another one: the event
//      is inside the gap and comes by pagination.
// All three follow from what the cache stores, so settling again after a crash comes to the same end.

/**
 * Case 3 waits for this many further syncs. The response that opens a gap, and the long poll that follows it, may
 * have been computed before the server took the message; then the event is not in the gap but about to come, and
 * leaving at once would make the message vanish from the screen for a moment.
 */
const SYNCS_BEFORE_LEAVING = 2;

export const cacheEpoch = (queue: Queue): string | null => queue.known.epoch.get({})?.value ?? null;
export const newestSegment = (queue: Queue, roomId: RoomId): number | null =>
  queue.known.newestSegment.get({ roomId })?.segment ?? null;

/** All rooms with rows the server may know of. */
export const attemptedRooms = (queue: Queue): RoomId[] =>
  queue.rows.attemptedRooms.all({}).map(({ roomId }) => roomId);

/**
 * Lets rows leave whose event is here. Cache first, then kept: an event without a transaction id gets the row's,
 * so that its item keeps its id; a crash before the second step leaves a row that now settles by case 1.
 * Returns the `seq` of the rows that left.
 */
export function settle(queue: Queue, roomIds: Iterable<RoomId>): number[] {
  const leaving = [...roomIds].flatMap((roomId) => leavingRows(queue, roomId));
  if (leaving.length === 0) return [];
  nameEvents(queue, leaving);
  commit(queue, () => leaving.forEach((one) => dismiss(queue, one)));
  const touched = new Set(leaving.map(({ row }) => row.roomId));
  leaving.forEach(({ row }) => queue.hidden.delete(row.seq));
  queue.publish(changesOf({ queues: touched, timelines: touched, rooms: touched }));
  return leaving.map(({ row }) => row.seq);
}

/** To be called after each successful sync: counts it for hidden rows and lets those leave that are due. */
export function settleHidden(queue: Queue): number[] {
  if (queue.hidden.size === 0) return [];
  const due = new Set<RoomId>();
  for (const entry of queue.hidden.values()) {
    entry.syncs += 1;
    if (entry.syncs >= SYNCS_BEFORE_LEAVING) due.add(entry.roomId);
  }
  return settle(queue, due);
}

interface Leaving {
  readonly row: OutgoingRow;
  /** The event it became. */
  readonly eventId: EventId | null;
  /** The event needs the row's transaction id. */
  readonly isUnnamed: boolean;
}

function leavingRows(queue: Queue, roomId: RoomId): Leaving[] {
  const found: Leaving[] = [];
  for (const row of queue.rows.attemptedRows.all({ roomId })) {
    const event =
      (row.eventId === null ? undefined : queue.known.eventById.get({ eventId: row.eventId })) ??
      queue.known.eventByTransaction.get(row);
    if (event !== undefined)
      found.push({ row, eventId: event.eventId, isUnnamed: event.transactionId === null });
    else if (row.state === "sent" && hasGapOpened(queue, row) && isOverdue(queue, row)) {
      found.push({ row, eventId: row.eventId, isUnnamed: false });
    }
  }
  return found;
}

function hasGapOpened(queue: Queue, row: OutgoingRow): boolean {
  return row.attemptEpoch !== cacheEpoch(queue) || row.attemptSegment !== newestSegment(queue, row.roomId);
}

function isOverdue(queue: Queue, { seq, roomId }: OutgoingRow): boolean {
  const entry = queue.hidden.get(seq);
  if (entry === undefined) queue.hidden.set(seq, { roomId, syncs: 0 });
  return entry !== undefined && entry.syncs >= SYNCS_BEFORE_LEAVING;
}

function nameEvents(queue: Queue, leaving: readonly Leaving[]): void {
  if (!leaving.some(({ isUnnamed }) => isUnnamed)) return;
  queue.cache.transaction(() => {
    for (const { row, eventId, isUnnamed } of leaving) {
      if (isUnnamed && eventId !== null) {
        queue.known.nameTransaction.run({ eventId, transactionId: row.transactionId });
      }
    }
  });
}

/** What waited behind a message that turns out to have arrived waits for nothing any more. */
function dismiss(queue: Queue, { row, eventId }: Leaving): void {
  const { seq, userId, roomId, transactionId, queuedAt } = row;
  const now = queue.clock.now();
  queue.rows.deleteRow.run({ seq });
  queue.rows.insertSettled.run({
    ...{ transactionId, userId, roomId, outcome: "arrived", queuedAt, now, eventId },
    replacedBy: null,
  });
  if (row.blocks === 1) releaseBehind(queue, { userId, roomId });
  if (eventId !== null) pointDependents(queue, row, eventId);
}
