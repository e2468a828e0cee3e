import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { changesOf } from "../changes.ts";
import type { KnownEvent, OutgoingRow } from "../store/queries/sending.ts";
import { pointDependents } from "./dependents.ts";
import { commit, releaseBehind, type Queue } from "./queue.ts";

// When may a row leave the queue? In three cases and no other (architecture.md, section 4.B, point 10):
//   1. its echo is seen in the cache, by transaction id, whatever state the row is in (ECHO-10);
//   2. the event its answer named is seen in the cache (servers that omit the transaction id);
//   3. it is sent, and a gap has opened in its room since the first attempt, or the cache is another one: the event
//      is inside the gap and comes by pagination.
// All three follow from what the cache stores, so settling again after a crash comes to the same end.
//
// Seen: an event may come beside /sync, with the surroundings of another one, and is then stored without a place in the
// timeline. It proves that the row was sent; but the row is what shows the message until the event has its place.

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
 * Returns the `seq` of the rows that are through: left, or now known to be sent.
 */
export function settle(queue: Queue, roomIds: Iterable<RoomId>): number[] {
  const settling = [...roomIds].flatMap((roomId) => settlingRows(queue, roomId));
  if (settling.length === 0) return [];
  nameEvents(queue, settling);
  commit(queue, () => settling.forEach((one) => (one.isLeaving ? dismiss : keepAsSent)(queue, one)));
  const touched = new Set(settling.map(({ row }) => row.roomId));
  for (const { row, isLeaving } of settling) if (isLeaving) queue.hidden.delete(row.seq);
  queue.publish(changesOf({ queues: touched, timelines: touched, rooms: touched }));
  return settling.map(({ row }) => row.seq);
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

interface Settling {
  readonly row: OutgoingRow;
  /** The event it became. */
  readonly eventId: EventId | null;
  /** The event needs the row's transaction id. */
  readonly isUnnamed: boolean;
  /** False: it was not known that the server has it. */
  readonly isLeaving: boolean;
}

function settlingRows(queue: Queue, roomId: RoomId): Settling[] {
  const found: Settling[] = [];
  for (const row of queue.rows.attemptedRows.all({ roomId })) {
    const event =
      (row.eventId === null ? undefined : queue.known.eventById.get({ eventId: row.eventId })) ??
      queue.known.eventByTransaction.get(row);
    const eventId = event?.eventId ?? row.eventId;
    const isUnnamed = event?.transactionId === null;
    if (event !== undefined && isSeen(event)) found.push({ row, eventId, isUnnamed, isLeaving: true });
    else if (event !== undefined && row.state !== "sent")
      found.push({ row, eventId, isUnnamed, isLeaving: false });
    else if (row.state === "sent" && hasGapOpened(queue, row) && isOverdue(queue, row)) {
      found.push({ row, eventId, isUnnamed, isLeaving: true });
    }
  }
  return found;
}

/** What says something of another event shows with that one, wherever it stands itself. Our references are votes. */
const shownWithAnother: ReadonlySet<string | null> = new Set([
  ...["m.replace", "m.annotation", "m.reference", "m.thread"],
]);

const isSeen = ({ hasPlace, relType }: KnownEvent): boolean =>
  hasPlace === 1 || shownWithAnother.has(relType);

function hasGapOpened(queue: Queue, row: OutgoingRow): boolean {
  return row.attemptEpoch !== cacheEpoch(queue) || row.attemptSegment !== newestSegment(queue, row.roomId);
}

function isOverdue(queue: Queue, { seq, roomId }: OutgoingRow): boolean {
  const entry = queue.hidden.get(seq);
  if (entry === undefined) queue.hidden.set(seq, { roomId, syncs: 0 });
  return entry !== undefined && entry.syncs >= SYNCS_BEFORE_LEAVING;
}

function nameEvents(queue: Queue, settling: readonly Settling[]): void {
  if (!settling.some(({ isUnnamed }) => isUnnamed)) return;
  queue.cache.transaction(() => {
    for (const { row, eventId, isUnnamed } of settling) {
      if (isUnnamed && eventId !== null) {
        queue.known.nameTransaction.run({ eventId, transactionId: row.transactionId });
      }
    }
  });
}

/** The server has it, whatever became of its answer: it is not sent again, and waits for its place. */
function keepAsSent(queue: Queue, { row, eventId }: Settling): void {
  if (eventId === null) return;
  queue.rows.markSent.run({ seq: row.seq, eventId });
  release(queue, row, eventId);
}

function dismiss(queue: Queue, { row, eventId }: Settling): void {
  const { seq, userId, roomId, transactionId, queuedAt } = row;
  const now = queue.clock.now();
  queue.rows.deleteRow.run({ seq });
  queue.rows.insertSettled.run({
    ...{ transactionId, userId, roomId, outcome: "arrived", queuedAt, now, eventId },
    replacedBy: null,
  });
  release(queue, row, eventId);
}

/** What waited behind a message that turns out to have arrived waits for nothing any more. */
function release(queue: Queue, row: OutgoingRow, eventId: EventId | null): void {
  if (row.blocks === 1) releaseBehind(queue, row);
  if (eventId !== null) pointDependents(queue, row, eventId);
}
