import type { RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { JsonObject } from "../event.ts";
import type { UploadRow } from "../store/queries/sending.ts";
import { FailureError, invalid } from "../failure.ts";
import { behindJson, commit, demandSession, publishLane, type Queue } from "./queue.ts";

/** Something to send, as it goes into its lane. */
export interface Typed {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  /** Default: `m.room.message`. */
  readonly eventType?: string;
  readonly content: JsonObject;
  /** `seq` of a row of the same lane: the content lacks its event id (relation.ts), and it goes out after that one. */
  readonly dependsOn?: number;
  /** Files it needs on the server first; the content lacks their addresses (uploads.ts). */
  readonly uploads?: readonly UploadRow[];
  /** Done in the commit that puts it on disk: both, or neither. */
  readonly alongside?: () => void;
}

/**
 * Puts a message on disk; durable when it returns. The same transaction id again is the same message, whatever
 * became of the first: the composer may repeat itself after a dropped connection.
 * Where the lane waits for the user, the new message waits behind it: nothing overtakes (SEND-12).
 */
export function enqueue(queue: Queue, typed: Typed): Queued {
  const { userId } = demandSession(queue);
  const { roomId, transactionId } = typed;
  let isParked = false;
  const queuedAt = commit(queue, () => {
    const existing = queuedBefore(queue, { userId, roomId, transactionId });
    if (existing !== null) return existing;
    isParked = insert(queue, userId, typed);
    typed.alongside?.();
    return queue.clock.now();
  });
  publishLane(queue, roomId, isParked);
  return { queuedAt };
}

/** When this transaction id was queued; null when it is new. Throws where it belongs to another room. */
export function queuedBefore(
  queue: Queue,
  { userId, roomId, transactionId }: { userId: UserId; roomId: RoomId; transactionId: TransactionId },
): number | null {
  const existing =
    queue.rows.rowByTransaction.get({ transactionId }) ??
    queue.rows.settledByTransaction.get({ transactionId });
  if (existing === undefined) return null;
  if (existing.userId === userId && existing.roomId === roomId) return existing.queuedAt;
  throw new FailureError(invalid("this transaction id belongs to a message in another room"));
}

/** Writes the row; true when it waits for the user from the start. Inside a transaction. */
export function insert(queue: Queue, userId: UserId, typed: Typed): boolean {
  const { roomId, transactionId, eventType = "m.room.message", content, dependsOn = null } = typed;
  const isBehind = (queue.rows.firstBlocker.get({ userId, roomId })?.seq ?? null) !== null;
  const isWithTarget = dependsOn !== null && queue.rows.rowBySeq.get({ seq: dependsOn })?.state === "parked";
  const isParked = isBehind || isWithTarget;
  queue.rows.insertRow.run({
    ...{ userId, roomId, transactionId, eventType, dependsOn, now: queue.clock.now() },
    content: JSON.stringify(content),
    state: isParked ? "parked" : "queued",
    reason: isParked ? behindJson : null,
    blocks: isBehind ? 1 : 0,
  });
  for (const upload of typed.uploads ?? []) queue.rows.insertUpload.run({ ...upload, transactionId });
  return isParked;
}
