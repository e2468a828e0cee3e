import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { queueStatements, type ReceiptRow } from "../store/queries/sending.ts";
import type { Store } from "../store/store.ts";
import { createPutLoop } from "./put-loop.ts";

// Read receipts are no queue: of one room only the latest matters.

export type ReceiptType = "m.read" | "m.read.private";

export interface PendingReceipt {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly receiptType: ReceiptType;
  /** '' the whole room, threads included; 'main' the room's own timeline; else the root of a thread. */
  readonly threadId: string;
}

export interface ReceiptsDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Pick<Store, "kept">;
  readonly session: () => { readonly userId: UserId } | null;
  /** One request; never retries, never throws. */
  readonly put: (receipt: PendingReceipt, signal: AbortSignal) => Promise<Result<unknown>>;
}

export interface Receipts {
  /** Notes that the room is read up to this event; the server hears of it as soon as it can. */
  mark(receipt: PendingReceipt): void;
  /** The room's receipt the server does not have yet. */
  pending(roomId: RoomId): EventId | null;
  start(): void;
  /** The network is back, or a sync has succeeded: try sooner. */
  wake(reason: "network" | "synced"): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
}

export function createReceipts({ platform, store, session, put }: ReceiptsDeps): Receipts {
  const rows = queueStatements(store);
  const ownId = (): UserId | undefined => session()?.userId;
  const loop = createPutLoop<ReceiptRow>({
    platform,
    name: "receipts",
    due() {
      const userId = ownId();
      return userId === undefined ? [] : rows.pendingReceipts.all({ userId });
    },
    laneOf: ({ roomId, threadId }) => `${roomId} ${threadId}`,
    put: (row, signal) => put(row as PendingReceipt, signal),
    // A refused receipt (an event the server no longer knows, a room we left) is of no use to anybody.
    settle(row) {
      const userId = ownId();
      if (userId !== undefined) rows.deleteReceipt.run({ userId, ...row });
    },
  });

  return {
    mark(receipt) {
      const userId = ownId();
      if (userId === undefined) return;
      rows.saveReceipt.run({ userId, ...receipt });
      loop.run();
    },
    pending(roomId) {
      const userId = ownId();
      return userId === undefined ? null : (rows.pendingReceipt.get({ userId, roomId })?.eventId ?? null);
    },
    start: () => loop.start(),
    wake: (reason) => loop.wake(reason),
    stop: () => loop.stop(),
  };
}
