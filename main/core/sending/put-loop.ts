import { failed, retryDelay, toFailure, type Failure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { delayAfterSync } from "./decide.ts";

// What is told to the server in any order and is no message: receipts, wishes about rooms, deletions. Rows on disk, one
// request at a time, in a loop of its own, so that a message never waits for one. What the server fails at waits alone,
// with what must come after it, and so does what it does not answer; only a server that fails at everything, or no
// connection, stops the loop.

/** The wait after what nobody foresaw, or a disk that takes no notes, ms. */
const LAST_RESORT_MS = 60_000;
/** When so many lanes fail and nothing goes well in between, it is the server's trouble: it is left alone for a while. */
const LANES_TO_REST = 3;
/** Who has waited so long for an answer waits alone, ms. */
const SLOW_MS = 3_000;
/** Requests that hang beside each other at most. */
const MOST_SLOW = 4;

export interface PutLoopDeps<T> {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  /** In the log. */
  readonly name: string;
  /** The rows there are, in order. */
  readonly due: () => readonly T[];
  /** What is of one lane goes in order: none of it while the first of it waits. */
  readonly laneOf: (item: T) => string;
  /** One request, or several that can be repeated; never retries. */
  readonly put: (item: T, signal: AbortSignal) => Promise<Result<unknown>>;
  /** Removes the row: the server has it, or refuses it for good. */
  readonly settle: (item: T, refusal: Failure | null) => void;
  /** It failed and waits. */
  readonly onHeld?: (item: T) => void;
  /** Nothing is tried any more for now: all is told, or what is not waits. */
  readonly onRest?: () => void;
}

export interface PutLoop {
  /** There is a new row. */
  run(): void;
  /** Something is under way. */
  isWorking(): boolean;
  /** Whether what is of this lane is tried now, or as soon as what is under way is done. */
  isTrying(lane: string): boolean;
  start(): void;
  /** The network is back: try now. A sync has succeeded: try sooner. */
  wake(reason: "network" | "synced"): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
}

/** A request that is under way. */
interface Flight {
  isSlow: boolean;
  readonly cancel: () => void;
}

/** A time in which nothing is tried. */
interface Wait {
  readonly failure: Failure;
  readonly since: number;
  readonly delayMs: number;
  cancel: () => void;
}

/** A lane that has failed; without `wait` it may be tried again. */
interface Held {
  failures: number;
  wait: Wait | null;
}

export function createPutLoop<T>(deps: PutLoopDeps<T>): PutLoop {
  const { clock, random, log } = deps.platform;
  const lanes = new Map<string, Held>();
  /** Of the whole loop. */
  const whole: Held = { failures: 0, wait: null };
  let isRunning = false;
  /** Lanes that have failed since anything went well. */
  const failing = new Set<string>();
  let control = new AbortController();
  /** What is under way, by lane: one, and those that hang. */
  const flights = new Map<string, Flight>();
  const ends = new Set<Promise<void>>();

  /** Of those that may go, one whose lane has failed the least: what fails takes nobody's turn. */
  function next(): T | undefined {
    let best: T | undefined;
    let fewest = Infinity;
    const seen = new Set<string>();
    for (const item of deps.due()) {
      const lane = deps.laneOf(item);
      if (seen.has(lane)) continue;
      seen.add(lane);
      const held = lanes.get(lane);
      const failures = held?.failures ?? 0;
      const isWaiting = flights.has(lane) || (held?.wait ?? null) !== null;
      if (isWaiting || failures >= fewest) continue;
      [best, fewest] = [item, failures];
      if (failures === 0) break;
    }
    return best;
  }

  const isFree = (): boolean =>
    flights.size < MOST_SLOW && [...flights.values()].every(({ isSlow }) => isSlow);

  function run(): void {
    try {
      while (isRunning && whole.wait === null && isFree()) {
        const item = next();
        if (item === undefined) return;
        begin(item);
      }
    } catch (error) {
      pause(toFailure(error));
    }
  }

  function begin(item: T): void {
    const lane = deps.laneOf(item);
    const cancel = clock.after(SLOW_MS, () => {
      flight.isSlow = true;
      run();
    });
    const flight: Flight = { isSlow: false, cancel };
    flights.set(lane, flight);
    const end = attempt(item, lane)
      .catch((error: unknown) => pause(toFailure(error)))
      .finally(() => {
        cancel();
        flights.delete(lane);
        ends.delete(end);
        // Something may have come after the last look.
        run();
        if (flights.size === 0 || whole.wait !== null) deps.onRest?.();
      });
    ends.add(end);
  }

  async function attempt(item: T, lane: string): Promise<void> {
    const result = await deps.put(item, control.signal).catch((error: unknown) => failed(toFailure(error)));
    if (!result.ok && !isFinal(result.failure)) {
      if (!holdAlone(lane, item, result.failure)) pause(result.failure);
      return;
    }
    whole.failures = 0;
    failing.clear();
    lanes.delete(lane);
    deps.settle(item, result.ok ? null : result.failure);
  }

  /** False when the failure says something of the server as a whole, or of the way there. */
  function holdAlone(lane: string, item: T, failure: Failure): boolean {
    if (!isRunning || !isOfOne(failure)) return false;
    const held = lanes.get(lane) ?? { failures: 0, wait: null };
    lanes.set(lane, held);
    hold(held, failure);
    deps.onHeld?.(item);
    failing.add(lane);
    return failing.size < LANES_TO_REST;
  }

  function pause(failure: Failure): void {
    failing.clear();
    // Without a token nothing helps but the next start.
    if (failure.kind === "unauthorized") isRunning = false;
    if (isRunning && whole.wait === null) hold(whole, failure);
  }

  function hold(held: Held, failure: Failure): void {
    held.failures += 1;
    const delayMs = retryDelay(failure, held.failures, random.fraction()) ?? LAST_RESORT_MS;
    log("debug", "put-waits", { name: deps.name, kind: failure.kind, delayMs });
    const cancel = clock.after(delayMs, () => endWait(held));
    held.wait = { failure, since: clock.monotonic(), delayMs, cancel };
  }

  function endWait(held: Held): void {
    held.wait?.cancel();
    held.wait = null;
    run();
  }

  function shorten(held: Held): void {
    const { wait } = held;
    if (wait === null) return;
    const leftMs = delayAfterSync(wait.failure, wait.delayMs, clock.monotonic() - wait.since);
    if (leftMs === 0) return endWait(held);
    wait.cancel();
    wait.cancel = clock.after(leftMs, () => endWait(held));
  }

  const all = (): readonly Held[] => [whole, ...lanes.values()];

  return {
    run,
    isWorking: () => flights.size > 0,
    isTrying: (lane) => isRunning && whole.wait === null && (lanes.get(lane)?.wait ?? null) === null,
    start() {
      isRunning = true;
      control = new AbortController();
      run();
    },
    wake(reason) {
      // What the server said is not cut short by good news about the network.
      const ours = all().filter(({ wait }) => wait !== null && wait.failure.kind !== "limited");
      for (const held of ours) (reason === "network" ? endWait : shorten)(held);
    },
    async stop() {
      isRunning = false;
      for (const held of all()) held.wait?.cancel();
      whole.wait = null;
      lanes.clear();
      control.abort();
      await Promise.all(ends);
    },
  };
}

const isFinal = ({ kind }: Failure): boolean => kind === "rejected" || kind === "invalid" || kind === "bug";
/** The server was there, and did not manage this one. */
const isOfOne = ({ kind }: Failure): boolean =>
  kind === "unavailable" || kind === "malformed" || kind === "timeout";
