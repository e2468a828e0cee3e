import type { CallId, EventId, TransactionId } from "../../../preload/contract/ids.ts";
import { retryDelay, type Failure, type Result } from "../failure.ts";
import type { JsonObject } from "../event.ts";
import type { Clock, Random } from "../platform.ts";
import { signalContent } from "./signal-content.ts";
import type { Outgoing } from "./state.ts";

// The signalling lane of one room: in order, one in flight, beside messages and uploads and never behind them. In
// memory on purpose: what nobody could use any more expires rather than ring someone tomorrow (VOIP-25).

/** Calls do not wait long between two attempts, ms. */
const MAX_WAIT_MS = 4000;
const MAX_KNOWN = 500;

export interface LaneDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly put: (
    event: {
      readonly eventType: string;
      readonly content: JsonObject;
      readonly transactionId: TransactionId;
    },
    signal: AbortSignal,
  ) => Promise<Result<{ readonly eventId: EventId }>>;
  /** Asked right before: we may speak here, and in clear. */
  readonly maySend: () => boolean;
  /** Called in the same breath in which the request begins. */
  readonly onHandedOff: (outgoing: Outgoing) => void;
  /** Refused for good, or expired (null). */
  readonly onUnsendable: (outgoing: Outgoing, failure: Failure | null) => void;
  /** Nothing of this call waits or is under way any more. */
  readonly onCallDone: (callId: CallId) => void;
  readonly onUnauthorized: (failure: Failure) => void;
}

export interface Lane {
  enqueue(outgoing: Outgoing): void;
  /** Whatever of this call was not handed over leaves; what is under way is not tried again unless it ends a call. */
  cancel(callId: CallId): void;
  /** The network is back: do not wait any longer. */
  wake(): void;
  /** This event is one of ours. */
  isOwn(eventId: EventId, transactionId: TransactionId | null): boolean;
  has(callId: CallId): boolean;
  /** Resolves when nothing is left to be sent. */
  idle(): Promise<void>;
  stop(): void;
}

interface Waiting {
  readonly outgoing: Outgoing;
  readonly transactionId: TransactionId;
  isCancelled: boolean;
}

/** Must arrive though their call is over: without them somebody's phone rings on. */
const endings: ReadonlySet<string> = new Set(["hangup", "reject", "selectAnswer"]);

export function createLane(deps: LaneDeps): Lane {
  const { clock, random } = deps;
  let queue: Waiting[] = [];
  let isRunning = false;
  let isStopped = false;
  let abort: AbortController | null = null;
  let wakeUp: (() => void) | null = null;
  const idlers: (() => void)[] = [];
  const known = new Set<string>();

  function remember(id: string): void {
    known.add(id);
    for (const oldest of known) {
      if (known.size <= MAX_KNOWN) break;
      known.delete(oldest);
    }
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, () => wakeUp?.());
      wakeUp = () => {
        cancel();
        wakeUp = null;
        resolve();
      };
    });

  async function drain(): Promise<void> {
    // Not within the step that enqueued: hand-off is an input of its own.
    await Promise.resolve();
    for (let next = queue[0]; next !== undefined && !isStopped; next = queue[0]) await send(next);
    isRunning = false;
    for (const resolve of idlers.splice(0)) resolve();
  }

  async function send(waiting: Waiting): Promise<void> {
    const { outgoing, transactionId } = waiting;
    remember(transactionId);
    for (let attempt = 1; ; attempt++) {
      const left = outgoing.expiresAt - clock.monotonic();
      if (left <= 0 || !deps.maySend()) return leave(waiting, () => deps.onUnsendable(outgoing, null));
      if (attempt === 1) deps.onHandedOff(outgoing);
      const result = await attemptOnce(outgoing, transactionId, left);
      if (isStopped) return;
      if (result.ok) {
        remember(result.value.eventId);
        return leave(waiting);
      }
      const delay = delayAfter(result.failure, attempt, random.fraction());
      if (result.failure.kind === "unauthorized") deps.onUnauthorized(result.failure);
      if (delay === null) return leave(waiting, () => deps.onUnsendable(outgoing, result.failure));
      await pause(delay);
      // Its call is over meanwhile, and says so by what follows.
      if (waiting.isCancelled && !endings.has(outgoing.signal.kind)) return leave(waiting);
    }
  }

  async function attemptOnce(
    outgoing: Outgoing,
    transactionId: TransactionId,
    leftMs: number,
  ): Promise<Result<{ readonly eventId: EventId }>> {
    const controller = new AbortController();
    abort = controller;
    const cancel = clock.after(leftMs, () => controller.abort());
    try {
      return await deps.put({ ...signalContent(outgoing), transactionId }, controller.signal);
    } finally {
      cancel();
      abort = null;
    }
  }

  function leave(waiting: Waiting, then?: () => void): void {
    queue = queue.filter((other) => other !== waiting);
    then?.();
    const { callId } = waiting.outgoing;
    if (!has(callId)) deps.onCallDone(callId);
  }

  const has = (callId: CallId): boolean => queue.some(({ outgoing }) => outgoing.callId === callId);

  return {
    enqueue(outgoing) {
      if (isStopped) return;
      const transactionId = `call-${random.token()}` as TransactionId;
      queue.push({ outgoing, transactionId, isCancelled: false });
      if (isRunning) return;
      isRunning = true;
      void drain();
    },
    cancel(callId) {
      const [first] = queue;
      // The first is under way as soon as it was handed over.
      const isUnderWay = first !== undefined && known.has(first.transactionId);
      queue = queue.filter(
        (waiting) => waiting.outgoing.callId !== callId || (isUnderWay && waiting === first),
      );
      if (isUnderWay && first.outgoing.callId === callId) first.isCancelled = true;
    },
    wake: () => wakeUp?.(),
    isOwn: (eventId, transactionId) =>
      known.has(eventId) || (transactionId !== null && known.has(transactionId)),
    has,
    idle: () => (queue.length === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
    stop() {
      isStopped = true;
      abort?.abort();
      wakeUp?.();
    },
  };
}

/** Ms to wait; null: it will not be taken. A timeout by expiry is judged at the next look at the clock. */
export function delayAfter(failure: Failure, attempt: number, fraction: number): number | null {
  if (failure.kind === "aborted") return 0;
  if (failure.kind === "limited") return retryDelay(failure, attempt, fraction);
  const delay = retryDelay(failure, attempt, fraction);
  return delay === null ? null : Math.min(delay, MAX_WAIT_MS);
}
