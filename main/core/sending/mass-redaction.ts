import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MassRedaction } from "../../../preload/contract/models/room-details.ts";
import type { Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { wishQueries, type DueRedactionRow } from "../store/queries/wishes.ts";
import type { Store } from "../store/store.ts";
import { createPutLoop } from "./put-loop.ts";

// Everything that somebody wrote in a room is deleted: a row for each message, written down together. They have a loop
// of their own, so that the user's own messages do not wait behind hundreds of deletions.

export interface MassRedactionDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Pick<Store, "kept">;
  readonly ownUserId: UserId;
  /** One request; the transaction id is that of every attempt. */
  readonly put: (row: DueRedactionRow) => Promise<Result<unknown>>;
  readonly onProgress: (roomId: RoomId) => void;
}

export interface MassRedactions {
  /** Durable when it returns: how many there are. */
  begin(about: {
    readonly roomId: RoomId;
    readonly userId: UserId;
    readonly reason: string;
    readonly eventIds: readonly EventId[];
  }): number;
  /** Those not deleted yet stay. */
  cancel(roomId: RoomId, userId: UserId): void;
  ofRoom(roomId: RoomId): readonly MassRedaction[];
  start(): void;
  wake(reason: "network" | "synced"): void;
  stop(): Promise<void>;
}

export function createMassRedactions(deps: MassRedactionDeps): MassRedactions {
  const { platform, ownUserId: userId, onProgress } = deps;
  const { kept } = deps.store;
  const rows = wishQueries(kept);
  /** The server has taken it; the sync that says so may still be on its way. */
  const done = new Set<EventId>();
  const loop = createPutLoop<DueRedactionRow>({
    platform,
    name: "redactions",
    due: () => rows.dueRedactions.all({ userId }),
    laneOf: ({ roomId }) => roomId,
    put: (row) => deps.put(row),
    settle(row, refusal) {
      const { roomId, senderId, eventId } = row;
      if (refusal === null) done.add(eventId);
      kept.transaction(() => {
        const wasDue = rows.deleteDueRedaction.run({ userId, roomId, senderId, eventId }) > 0;
        if (refusal !== null && wasDue) rows.countRefused.run({ userId, roomId, senderId });
      });
      onProgress(roomId);
    },
  });

  return {
    begin({ roomId, userId: senderId, reason, eventIds }) {
      const fresh = eventIds.filter((eventId) => !done.has(eventId));
      kept.transaction(() => {
        for (const eventId of fresh) {
          const transactionId = platform.random.token() as TransactionId;
          rows.saveDueRedaction.run({ userId, roomId, senderId, eventId, transactionId });
        }
        rows.saveMassRedaction.run({ userId, roomId, senderId, reason, total: fresh.length });
      });
      onProgress(roomId);
      loop.run();
      return fresh.length;
    },
    cancel(roomId, senderId) {
      const of = { userId, roomId, senderId };
      kept.transaction(() =>
        rows.shortenMassRedaction.run({ ...of, fewer: rows.cancelDueRedactions.run(of) }),
      );
      onProgress(roomId);
    },
    ofRoom: (roomId) =>
      rows.massRedactions
        .all({ userId, roomId })
        .map(({ senderId, ...counts }) => ({ userId: senderId, ...counts })),
    start: () => loop.start(),
    wake: (reason) => loop.wake(reason),
    stop: () => loop.stop(),
  };
}
