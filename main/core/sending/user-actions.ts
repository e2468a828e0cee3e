import type { RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { OutgoingRow, SettledRow } from "../store/queries/sending.ts";
import { isObject, type JsonObject } from "../event.ts";
import { dependentsOf, dropDependents, requeueDependents } from "./dependents.ts";
import { parseContent } from "./parse-content.ts";
import {
  commit,
  findRow,
  isTargetParked,
  parkBehind,
  publishLane,
  reasonOf,
  releaseBehind,
  requeueRow,
  type Queue,
} from "./queue.ts";
import { relationOf } from "./relation.ts";
import { withWords } from "./uploads.ts";

// Retry, Delete, Edit. Each is one synchronous step, so "not yet handed to the wire" has an exact answer.

/**
 * Sends an unsent message again, together with everything its room is parked for: order is meaning, so whatever
 * stands before it and waits goes before it (SEND-09, SEND-12); and so do the message it speaks of and all that
 * speaks of that. True when something was queued.
 */
export function retry(queue: Queue, roomId: RoomId, transactionId: TransactionId): boolean {
  const row = findRow(queue, roomId, transactionId);
  if (row === undefined || row.state !== "parked") return false;
  const first = firstOf(queue, row);
  const family = new Set([first.seq, ...dependentsOf(queue, first.seq).map(({ seq }) => seq)]);
  requeueWhere(queue, row, (other) => other.blocks === 1 || family.has(other.seq));
  return true;
}

/** The message it speaks of, or that one's, and so on: the one that speaks of nothing unsent. */
function firstOf(queue: Queue, row: OutgoingRow): OutgoingRow {
  const target = row.dependsOn === null ? undefined : queue.rows.rowBySeq.get({ seq: row.dependsOn });
  return target === undefined ? row : firstOf(queue, target);
}

/** Sends everything unsent in all rooms, the refused ones included. Returns the rooms. */
export function retryAll(queue: Queue): RoomId[] {
  const userId = queue.session()?.userId;
  if (userId === undefined) return [];
  const roomIds = queue.rows.parkedRooms.all({ userId }).map(({ roomId }) => roomId);
  for (const roomId of roomIds) requeueWhere(queue, { userId, roomId }, () => true);
  return roomIds;
}

function requeueWhere(
  queue: Queue,
  { userId, roomId }: { userId: UserId; roomId: RoomId },
  isMeant: (row: OutgoingRow) => boolean,
): void {
  commit(queue, () => {
    for (const row of queue.rows.laneRows.all({ userId, roomId })) {
      if (row.state === "parked" && isMeant(row)) requeue(queue, row);
    }
  });
  publishLane(queue, roomId, true);
}

/** The window and the 24 hours start again (SEND-09). */
function requeue(queue: Queue, row: OutgoingRow): void {
  const { seq } = row;
  const now = queue.clock.now();
  requeueRow(queue, row, now);
  const deviceId = queue.session()?.deviceId;
  // The user was told that it may have arrived, and wants it sent.
  if (reasonOf(row).code === "uncertain" && deviceId !== undefined) {
    queue.rows.acceptRisk.run({ seq, deviceId, now });
  }
}

/**
 * True when it was in time. Too late is: on the wire, answered, or waiting for another attempt while the server may
 * have it. What is parked may always go: the user has been told. What was typed after it stays as it is; nothing
 * leaves without the user's own word.
 */
export function remove(queue: Queue, roomId: RoomId, transactionId: TransactionId): boolean {
  const row = findRow(queue, roomId, transactionId);
  if (row === undefined) {
    const settled = queue.rows.settledByTransaction.get({ transactionId });
    return settled !== undefined && settled.roomId === roomId && settled.outcome === "deleted";
  }
  if (!isInHand(queue, row)) return false;
  commit(queue, () => dropRow(queue, row));
  publishLane(queue, roomId, true);
  return true;
}

/** Deletes a row that is in hand, with what says nothing without it. Inside a transaction. */
export function dropRow(queue: Queue, row: OutgoingRow): void {
  dropDependents(queue, row, (other, outcome) => remember(queue, other, outcome));
  queue.rows.deleteRow.run({ seq: row.seq });
  remember(queue, row, "deleted");
}

/**
 * True when it was in time (as `remove`). A message never attempted is rewritten. One that was attempted gets a new
 * transaction id in the same place: the server may know the old id, with the old words, and would answer for those.
 * That holds for refused messages too: an earlier attempt may have been taken, and servers may remember a refusal.
 *
 * An edit is also the answer to why it was parked: it goes out again, and what was only behind it as well, unless
 * something before it in the room waits for the user: then it waits behind that.
 */
export function edit(
  queue: Queue,
  roomId: RoomId,
  transactionId: TransactionId,
  content: JsonObject,
): boolean {
  const row = findRow(queue, roomId, transactionId);
  if (row === undefined || !isInHand(queue, row) || !isMessage(row)) return false;
  commit(queue, () => rewriteRow(queue, row, content));
  publishLane(queue, roomId, row.state === "parked");
  return true;
}

/** Words of its own, not something said of another message; what cannot be read may have been either. */
function isMessage({ eventType, content }: OutgoingRow): boolean {
  const read = parseContent(eventType, content);
  return eventType === "m.room.message" && (read === null || relationOf(eventType, read) === null);
}

/** New words in a row that is in hand; an answer stays one. Inside a transaction. */
export function rewriteRow(queue: Queue, row: OutgoingRow, content: JsonObject): void {
  const old = parseContent(row.eventType, row.content);
  const relation = old?.["m.relates_to"];
  const words = withWords(old, content);
  const json = JSON.stringify(isObject(relation) ? { "m.relates_to": relation, ...words } : words);
  if (row.attempts === 0) queue.rows.rewrite.run({ seq: row.seq, content: json });
  else {
    const renewed = queue.random.token() as TransactionId;
    remember(queue, row, "replaced", renewed);
    queue.rows.replace.run({ seq: row.seq, content: json, transactionId: renewed });
  }
  if (row.state === "parked") release(queue, row);
}

/** What speaks of a parked message waits with that one. */
function release(queue: Queue, row: OutgoingRow): void {
  if (isTargetParked(queue, row)) return;
  const first = queue.rows.firstBlocker.get(row)?.seq ?? row.seq;
  if (first < row.seq) parkBehind(queue, row.seq);
  else {
    queue.rows.requeue.run({ seq: row.seq, now: queue.clock.now() });
    if (row.blocks === 1) releaseBehind(queue, row);
  }
  requeueDependents(queue, row.seq);
}

/** The server cannot have it, or the user was told that it may. */
export const isInHand = (queue: Queue, row: OutgoingRow): boolean =>
  row.state === "parked" ||
  (row.state === "queued" && row.mayHaveArrived === 0 && queue.inFlight.get(row.seq)?.kind !== "event");

/** Leaves word of a transaction id that is not, or no longer, in the queue. Inside a transaction. */
export function remember(
  queue: Queue,
  row: Pick<OutgoingRow, "transactionId" | "userId" | "roomId" | "queuedAt">,
  outcome: SettledRow["outcome"],
  replacedBy: TransactionId | null = null,
): void {
  const { transactionId, userId, roomId, queuedAt } = row;
  const now = queue.clock.now();
  queue.rows.insertSettled.run({
    ...{ transactionId, userId, roomId, outcome, queuedAt, now, replacedBy },
    eventId: null,
  });
}
