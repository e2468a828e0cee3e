import type { Connection } from "../../../preload/contract/models/session.ts";
import { retryDelay, toFailure, type Failure } from "../failure.ts";
import type { Clock, Log, Random } from "../platform.ts";
import { parseSync, type SyncUpdate } from "./parse.ts";
import type { SyncSource } from "./source.ts";

// The long-poll loop and the only owner of sync retries. Its whole state is the `Connection` it reports.

/** How long the server may hold a poll without news, ms (SYN-02). */
const POLL_TIMEOUT_MS = 30_000;
/** A server or proxy that answers every poll at once and without news must not make us spin, ms per poll. */
const EMPTY_POLL_MS = 1000;

export interface SyncLoopDeps {
  readonly source: SyncSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The stored token, null before the first sync or after `dropToken`. */
  readonly loadToken: () => string | null;
  /** The server no longer accepts the token: forget it and start over; what is stored stays (ERR-05). */
  readonly dropToken: () => void;
  /** The prepare slot between parsing and applying, where decryption will stand. */
  readonly prepare: (update: SyncUpdate) => Promise<SyncUpdate>;
  readonly apply: (update: SyncUpdate, isFirst: boolean) => Promise<void>;
  readonly onState: (state: Connection) => void;
  /** A response was stored: whoever waits for the network may go on. */
  readonly onSynced: () => void;
  readonly onUnauthorized: (failure: Failure) => void;
}

export interface SyncLoop {
  start(): void;
  /** The network is said to be back: give up waiting, and the poll that may hang on a dead connection. */
  poke(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** What the loop does after a failure. Pure, exported for its table test. */
export type SyncDecision =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "forget-filter" }
  | { readonly do: "drop-token" }
  | { readonly do: "sign-out" }
  | { readonly do: "stop" };

export function decideSync(
  failure: Failure,
  facts: {
    readonly attempt: number;
    readonly fraction: number;
    readonly hasForgotten: boolean;
    readonly hasToken: boolean;
  },
): SyncDecision {
  if (failure.kind === "unauthorized") return { do: "sign-out" };
  if (failure.kind === "storage" || failure.kind === "bug" || failure.kind === "invalid")
    return { do: "stop" };
  if (failure.kind === "rejected") {
    // First suspect the filter, then the token; a server that refuses even a fresh sync is asked now and then.
    if (!facts.hasForgotten) return { do: "forget-filter" };
    if (facts.hasToken && (failure.status === 400 || failure.status === 404)) return { do: "drop-token" };
    return {
      do: "wait",
      ms: retryDelay({ kind: "unavailable", message: "" }, facts.attempt + 3, facts.fraction) ?? 0,
    };
  }
  return { do: "wait", ms: retryDelay(failure, facts.attempt, facts.fraction) ?? 1000 };
}

/** What the loop knows from one request to the next. */
interface Round {
  /** Failures in a row. */
  attempt: number;
  /** The stored filter was suspected since the last success. */
  hasForgotten: boolean;
  /** The last request succeeded: the next one may be held by the server. */
  isCaughtUp: boolean;
  /** There is no stored token. */
  isFirst: boolean;
}

export function createSyncLoop(deps: SyncLoopDeps): SyncLoop {
  let running: Promise<void> | null = null;
  let isStopped = false;
  let abort = new AbortController();
  let wake: (() => void) | null = null;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = deps.clock.after(ms, () => wake?.());
      wake = () => {
        cancel();
        wake = null;
        resolve();
      };
    });

  /** One request. `isCaughtUp` decides whether the server may hold it. */
  async function poll(isCaughtUp: boolean): Promise<{ update: SyncUpdate } | { failure: Failure }> {
    const since = deps.loadToken();
    const asked = deps.clock.monotonic();
    abort = new AbortController();
    const timeoutMs = isCaughtUp ? POLL_TIMEOUT_MS : 0;
    const result = await deps.source.next({ since, timeoutMs, signal: abort.signal });
    if (!result.ok) return { failure: result.failure };
    const update = parseSync(result.value);
    if (update === null) return { failure: { kind: "malformed", message: "not a sync response" } };
    if (update.malformed > 0) deps.log("warn", "malformed-events", { count: update.malformed });
    const tookMs = deps.clock.monotonic() - asked;
    if (isCaughtUp && update.nextBatch === since && tookMs < EMPTY_POLL_MS)
      await pause(EMPTY_POLL_MS - tookMs);
    return { update: await deps.prepare(update) };
  }

  /** What is thrown between two requests is the disk, or a bug: it stops the loop visibly and never the process. */
  async function run(): Promise<void> {
    const failure = await rounds().catch(toFailure);
    // First over, then told: who hears of it may start it again at once.
    running = null;
    if (failure === null) return;
    deps.log("error", "sync-stopped", { kind: failure.kind, problem: failure.problem });
    deps.onState({ state: "stopped", failure });
  }

  /** Stores a response and says so. A failure is the disk's, or a bug's. */
  async function take(update: SyncUpdate, round: Round): Promise<Failure | null> {
    try {
      // Coming back after an absence: the catching up is visible, an ordinary poll is not.
      if (!round.isCaughtUp) {
        deps.onState({ state: "catching-up", isFirst: round.isFirst, progress: round.isFirst ? 0 : null });
      }
      await deps.apply(update, round.isFirst);
    } catch (error) {
      return toFailure(error);
    }
    Object.assign(round, { attempt: 0, hasForgotten: false, isCaughtUp: true });
    deps.onState({ state: "live" });
    deps.onSynced();
    return null;
  }

  /** Does what `decideSync` says. Resolves with true to go on, else the loop is over. */
  async function recover(failure: Failure, round: Round): Promise<boolean> {
    round.isCaughtUp = false;
    // Poked: ask at once, and do not let the server hold the question.
    round.attempt = failure.kind === "aborted" ? 0 : round.attempt + 1;
    if (failure.kind === "aborted") return true;
    const { attempt, hasForgotten, isFirst } = round;
    const facts = { attempt, fraction: deps.random.fraction(), hasForgotten, hasToken: !isFirst };
    const decision = decideSync(failure, facts);
    const { kind, status, errcode } = failure;
    deps.log("warn", "sync-failed", { kind, status, errcode, decision: decision.do });
    switch (decision.do) {
      case "wait":
        deps.onState({ state: "offline", until: deps.clock.now() + decision.ms, failure });
        await pause(decision.ms);
        return true;
      case "forget-filter":
        deps.source.forget();
        round.hasForgotten = true;
        return true;
      case "drop-token":
        deps.dropToken();
        return true;
      case "sign-out":
        deps.onUnauthorized(failure);
        return false;
      case "stop":
        return false;
    }
  }

  /** Resolves with what only the user can help with; null when stopped or signed out. */
  async function rounds(): Promise<Failure | null> {
    const round: Round = { attempt: 0, hasForgotten: false, isCaughtUp: false, isFirst: true };
    deps.onState({ state: "starting" });
    while (!isStopped) {
      round.isFirst = deps.loadToken() === null;
      if (!round.isCaughtUp && round.attempt === 0) {
        deps.onState({ state: "catching-up", isFirst: round.isFirst, progress: null });
      }
      const outcome = await poll(round.isCaughtUp);
      if (isStopped) return null;
      const failure = "update" in outcome ? await take(outcome.update, round) : outcome.failure;
      if (failure === null || (await recover(failure, round))) continue;
      return failure.kind === "unauthorized" ? null : failure;
    }
    return null;
  }

  return {
    start() {
      isStopped = false;
      running ??= run();
    },
    poke() {
      if (wake !== null) wake();
      else abort.abort();
    },
    async stop() {
      isStopped = true;
      abort.abort();
      wake?.();
      await running;
    },
  };
}
