import { failed, retryDelay, toFailure, type Failure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";

// What is told to the server in any order and is no message: receipts, wishes about rooms, deletions. Rows on disk, one
// request at a time, in a loop of its own, so that a message never waits for one.

/** The wait after what nobody foresaw, or a disk that takes no notes, ms. */
const LAST_RESORT_MS = 60_000;

export interface PutLoopDeps<T> {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  /** In the log. */
  readonly name: string;
  /** The first row there is. */
  readonly next: () => T | undefined;
  /** One request, or several that can be repeated; never retries. */
  readonly put: (item: T, signal: AbortSignal) => Promise<Result<unknown>>;
  /** Removes the row: the server has it, or refuses it for good. */
  readonly settle: (item: T, refusal: Failure | null) => void;
  /** Nothing is tried any more for now: all is told, or what is not waits. */
  readonly onRest?: () => void;
}

export interface PutLoop {
  /** There is a new row. */
  run(): void;
  isWorking(): boolean;
  start(): void;
  /** The network is back, or a sync has succeeded: try now. */
  wake(): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
}

export function createPutLoop<T>({ platform, name, next, put, settle, onRest }: PutLoopDeps<T>): PutLoop {
  const { clock, random, log } = platform;
  let isRunning = false;
  let failures = 0;
  let control = new AbortController();
  let working: Promise<void> | null = null;
  let wait: { readonly cancel: () => void; readonly isOurs: boolean } | null = null;

  function run(): void {
    if (!isRunning || working !== null || wait !== null || next() === undefined) return;
    working = work()
      .catch((error: unknown) => pause(toFailure(error)))
      .finally(() => {
        working = null;
        onRest?.();
        // Something may have come after the last look.
        run();
      });
  }

  async function work(): Promise<void> {
    const { signal } = control;
    for (let item = next(); isRunning && item !== undefined; item = next()) {
      const result = await put(item, signal).catch((error: unknown) => failed(toFailure(error)));
      if (!result.ok && !isFinal(result.failure)) return pause(result.failure);
      failures = 0;
      settle(item, result.ok ? null : result.failure);
    }
  }

  function pause(failure: Failure): void {
    failures += 1;
    // Without a token nothing helps but the next start.
    if (failure.kind === "unauthorized") isRunning = false;
    if (!isRunning) return;
    const delayMs = retryDelay(failure, failures, random.fraction()) ?? LAST_RESORT_MS;
    log("debug", "put-waits", { name, kind: failure.kind, delayMs });
    const cancel = clock.after(delayMs, () => {
      wait = null;
      run();
    });
    // What the server said is not cut short by good news about the network.
    wait = { cancel, isOurs: failure.kind !== "limited" };
  }

  return {
    run,
    isWorking: () => working !== null,
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
