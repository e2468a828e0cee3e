import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, numberOf, objectOf, type JsonObject } from "../event.ts";
import { compareEvents, type ReceiptRow, type TimelineQueries } from "../store/queries/timeline.ts";
import type { ThreadQueries } from "../store/queries/threads.ts";
import type { TouchedRows } from "./touched.ts";

/** The newest receipt of each person; ours may be private, nobody else's private one ever reaches us. */
const receiptTypes = ["m.read", "m.read.private"] as const;

/** Longer ids are none. */
const MAX_ID = 1024;

/** Applies the content of `m.receipt`. Events we do not have are fine: the receipt waits for them (FBK-05). */
export function receiptWriter(
  q: TimelineQueries,
  threads: ThreadQueries,
  touched: TouchedRows,
): (roomId: RoomId, content: JsonObject) => boolean {
  /** A receipt never moves back: by place where both events have one, else by its own time. */
  function isNewer(roomId: RoomId, old: ReceiptRow, eventId: EventId, ts: number | null): boolean {
    if (old.eventId === eventId) return false;
    const order = compareEvents(q, roomId, eventId, old.eventId);
    return order === null ? ts === null || ts >= old.ts : order > 0;
  }

  function apply(roomId: RoomId, eventId: EventId, userId: UserId, receipt: JsonObject): boolean {
    const thread = receipt["thread_id"];
    const ts = numberOf(receipt, "ts");
    // Receipts inside a thread say nothing about the room's own timeline.
    if (thread !== undefined && thread !== "main")
      return typeof thread === "string" && applyInThread(roomId, thread as EventId, { userId, eventId, ts });
    const old = q.receipt.get({ roomId, userId });
    if (old !== undefined && !isNewer(roomId, old, eventId, ts)) return false;
    q.setReceipt.run({ roomId, userId, eventId, ts: Math.trunc(ts ?? 0) });
    touched.noteReader(roomId, userId);
    return true;
  }

  function applyInThread(
    roomId: RoomId,
    root: EventId,
    { userId, eventId, ts }: { userId: UserId; eventId: EventId; ts: number | null },
  ): boolean {
    if (root.length > MAX_ID) return false;
    const old = threads.receipt.get({ roomId, root, userId });
    if (old !== undefined && !isNewer(roomId, old, eventId, ts)) return false;
    threads.setReceipt.run({ roomId, root, userId, eventId, ts: Math.trunc(ts ?? 0) });
    touched.noteReader(roomId, userId);
    return true;
  }

  return (roomId, content) => {
    let hasChanged = false;
    for (const [eventId, byType] of Object.entries(content)) {
      if (!isObject(byType)) continue;
      for (const type of receiptTypes) {
        for (const [userId, receipt] of Object.entries(objectOf(byType, type))) {
          if (!isObject(receipt)) continue;
          if (apply(roomId, eventId as EventId, userId as UserId, receipt)) hasChanged = true;
        }
      }
    }
    return hasChanged;
  };
}
