import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import { failed, retryDelay, toFailure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { queueStatements, type ReceiptRow } from "../store/queries/sending.ts";
import type { Store } from "../store/store.ts";

// Read receipts are no queue: of one room only the latest matters. They have a loop of their own, one request at a
// time, so that a message never waits for one.

export type ReceiptType = "m.read" | "m.read.private";
/** The wait after what nobody foresaw, or a disk that takes no notes, ms. */
const LAST_RESORT_MS = 60_000;

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
  /** The network is back, or a sync has succeeded: try now. */
  wake(): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
}

export function createReceipts({ platform, store, session, put }: ReceiptsDeps): Receipts {
  const { clock, random, log } = platform;
  const rows = queueStatements(store);
  let isRunning = false;
  let failures = 0;
  let control = new AbortController();
  let working: Promise<void> | null = null;
  let wait: { readonly cancel: () => void; readonly isOurs: boolean } | null = null;

  const next = (): ReceiptRow | undefined => {
    const userId = session()?.userId;
    return userId === undefined ? undefined : rows.pendingReceipts.all({ userId })[0];
  };

  function run(): void {
    if (!isRunning || working !== null || wait !== null || next() === undefined) return;
    working = work()
      .catch((error: unknown) => pause(toFailure(error)))
      .finally(() => {
        working = null;
        // Something may have come after the last look.
        run();
      });
  }

  async function work(): Promise<void> {
    const { signal } = control;
    for (let row = next(); isRunning && row !== undefined; row = next()) {
      const failure = await sendOne(row as PendingReceipt, signal);
      if (failure === null) continue;
      pause(failure);
      return;
    }
  }

  /** The failure that stands in the way of all; null when the receipt is done with. */
  async function sendOne(receipt: PendingReceipt, signal: AbortSignal): Promise<Failure | null> {
    const userId = session()?.userId;
    if (userId === undefined) return { kind: "unauthorized", message: "nobody is signed in" };
    let result: Result<unknown>;
    try {
      result = await put(receipt, signal);
    } catch (error) {
      result = failed(toFailure(error));
    }
    // A refused receipt (an event the server no longer knows, a room we left) is of no use to anybody.
    if (!result.ok && !isFinal(result.failure)) return result.failure;
    failures = 0;
    rows.deleteReceipt.run({ userId, ...receipt });
    return null;
  }

  function pause(failure: Failure): void {
    failures += 1;
    // Without a token nothing helps but the next start.
    if (failure.kind === "unauthorized") isRunning = false;
    if (!isRunning) return;
    const delayMs = retryDelay(failure, failures, random.fraction()) ?? LAST_RESORT_MS;
    log("debug", "receipt-waits", { kind: failure.kind, delayMs });
    const cancel = clock.after(delayMs, () => {
      wait = null;
      run();
    });
    // What the server said is not cut short by good news about the network.
    wait = { cancel, isOurs: failure.kind !== "limited" };
  }

  return {
    mark(receipt) {
      const userId = session()?.userId;
      if (userId === undefined) return;
      rows.saveReceipt.run({ userId, ...receipt });
      run();
    },
    pending(roomId) {
      const userId = session()?.userId;
      return userId === undefined ? null : (rows.pendingReceipt.get({ userId, roomId })?.eventId ?? null);
    },
    start() {
      isRunning = true;
      control = new AbortController();
      run();
    },
    wake() {
      if (wait?.isOurs !== true) return;
      wait.cancel();
      wait = null;
      run();
    },
    async stop() {
      isRunning = false;
      wait?.cancel();
      wait = null;
      control.abort();
      await working;
    },
  };
}

const isFinal = ({ kind }: Failure): boolean => kind === "rejected" || kind === "invalid" || kind === "bug";
