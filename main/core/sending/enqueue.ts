import type { RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { MessageContent } from "../../../preload/contract/models/message-content.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import { FailureError, invalid } from "../failure.ts";
import { behindJson, commit, demandSession, publishLane, type Queue } from "./queue.ts";

/** A message as the composer hands it over. */
export interface Typed {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly content: MessageContent;
}

/**
 * Puts a message on disk; durable when it returns. The same transaction id again is the same message, whatever
 * became of the first: the composer may repeat itself after a dropped connection.
 * Where the lane waits for the user, the new message waits behind it: nothing overtakes (SEND-12).
 */
export function enqueue(queue: Queue, { roomId, transactionId, content }: Typed): Queued {
  const { userId } = demandSession(queue);
  const now = queue.clock.now();
  let isParked = false;
  const queuedAt = commit(queue, () => {
    const existing =
      queue.rows.rowByTransaction.get({ transactionId }) ??
      queue.rows.settledByTransaction.get({ transactionId });
    if (existing !== undefined) {
      if (existing.userId === userId && existing.roomId === roomId) return existing.queuedAt;
      throw new FailureError(invalid("this transaction id belongs to a message in another room"));
    }
    isParked = (queue.rows.firstBlocker.get({ userId, roomId })?.seq ?? null) !== null;
    queue.rows.insertRow.run({
      ...{ userId, roomId, transactionId, now },
      eventType: "m.room.message",
      content: JSON.stringify(content),
      state: isParked ? "parked" : "queued",
      reason: isParked ? behindJson : null,
      blocks: isParked ? 1 : 0,
    });
    return now;
  });
  publishLane(queue, roomId, isParked);
  return { queuedAt };
}
