import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { Result } from "../failure.ts";
import type { PendingReceipt, ReceiptType } from "./receipts.ts";

export interface ReceiptRequests {
  /** The read marker, and with `type` an unthreaded receipt. */
  readonly markers: (request: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
    readonly type: ReceiptType | null;
  }) => Promise<Result<void>>;
  readonly receipt: (request: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
    readonly type: ReceiptType;
    readonly threadId: string;
  }) => Promise<Result<void>>;
}

/**
 * Tells the server up to where something is read. A receipt without a thread covers the threads as well; where a room has
 * some, that of its own timeline is for that alone (spec: Threaded read receipts).
 */
export async function putReceipt(
  requests: ReceiptRequests,
  { roomId, eventId, receiptType: type, threadId }: PendingReceipt,
): Promise<Result<void>> {
  if (threadId === "") return requests.markers({ roomId, eventId, type });
  const answer = await requests.receipt({ roomId, eventId, type, threadId });
  // The marker speaks of the room's own timeline only.
  if (!answer.ok || threadId !== "main") return answer;
  return requests.markers({ roomId, eventId, type: null });
}
