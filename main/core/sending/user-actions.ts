import type { RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageContent } from "../../../preload/contract/models/message-content.ts";
import type { OutgoingRow, SettledRow } from "../store/queries/sending.ts";
import { commit, findRow, parkBehind, publishLane, reasonOf, releaseBehind, type Queue } from "./queue.ts";

// Retry, Delete, Edit. Each is one synchronous step, so "not yet handed to the wire" has an exact answer.

/**
 * Sends an unsent message again, together with everything its room is parked for: order is meaning, so whatever
 * stands before it and waits goes before it (SEND-09, SEND-12). True when something was queued.
 */
export function retry(queue: Queue, roomId: RoomId, transactionId: TransactionId): boolean {
  const row = findRow(queue, roomId, transactionId);
  if (row === undefined || row.state !== "parked") return false;
  requeueWhere(queue, row, (other) => other.blocks === 1 || other.seq === row.seq);
  return true;
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
  queue.rows.requeue.run({ seq, now });
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
  commit(queue, () => {
    queue.rows.deleteRow.run({ seq: row.seq });
    remember(queue, row, "deleted");
  });
  publishLane(queue, roomId, true);
  return true;
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
  content: MessageContent,
): boolean {
  const row = findRow(queue, roomId, transactionId);
  if (row === undefined || !isInHand(queue, row)) return false;
  commit(queue, () => {
    const json = JSON.stringify(content);
    if (row.attempts === 0) queue.rows.rewrite.run({ seq: row.seq, content: json });
    else {
      remember(queue, row, "replaced");
      const renewed = queue.random.token() as TransactionId;
      queue.rows.replace.run({ seq: row.seq, content: json, transactionId: renewed });
    }
    if (row.state === "parked") release(queue, row);
  });
  publishLane(queue, roomId, row.state === "parked");
  return true;
}

function release(queue: Queue, row: OutgoingRow): void {
  const first = queue.rows.firstBlocker.get(row)?.seq ?? row.seq;
  if (first < row.seq) return parkBehind(queue, row.seq);
  queue.rows.requeue.run({ seq: row.seq, now: queue.clock.now() });
  if (row.blocks === 1) releaseBehind(queue, row);
}

const isInHand = (queue: Queue, row: OutgoingRow): boolean =>
  row.state === "parked" ||
  (row.state === "queued" && row.mayHaveArrived === 0 && !queue.inFlight.has(row.seq));

function remember(queue: Queue, row: OutgoingRow, outcome: SettledRow["outcome"]): void {
  const { transactionId, userId, roomId, queuedAt } = row;
  const now = queue.clock.now();
  queue.rows.insertSettled.run({ transactionId, userId, roomId, outcome, queuedAt, now });
}
