import type { Failure } from "../../../preload/contract/models/failure.ts";
import type { UnsentReason } from "../../../preload/contract/models/timeline.ts";
import { retryDelay } from "../failure.ts";

// Everything the queue decides, in one place and pure (architecture.md, section 4.B; requirements.md, section 9).

/** Failing attempts go on for at most this long, ms (SEND-07). */
export const RETRY_WINDOW_MS = 300_000;
/** A message older than this is not sent without asking, ms (requirements.md, section 9). */
export const STALE_AFTER_MS = 24 * 3_600_000;
/** Servers remember transaction ids for about a day; an hour stays for our clocks to differ, ms. */
export const RECOGNISED_FOR_MS = 23 * 3_600_000;
/** The most one attempt counts towards the window, ms: a laptop that slept during one was not failing. */
const LONGEST_ATTEMPT_MS = 120_000;

/**
 * - `wait`  the row stays first in its lane; again after `delayMs`
 * - `hold`  as `wait`, but all rooms are held (429)
 * - `park`  the row waits for the user. `lane: "waits"` parks what was typed after it as well, in order;
 *           `"goes-on"` lets it pass
 * - `stop`  nothing can be sent in this session
 * - `keep`  we broke the attempt off ourselves; as if it had not ended
 */
export type Decision =
  | { readonly do: "wait"; readonly delayMs: number; readonly failingMs: number }
  | { readonly do: "hold"; readonly delayMs: number }
  | Park
  | { readonly do: "stop" }
  | { readonly do: "keep" };
export interface Park {
  readonly do: "park";
  readonly reason: UnsentReason;
  readonly lane: "waits" | "goes-on";
}

/** What the lane does after an attempt. */
export type Outcome = { readonly do: "next" } | Exclude<Decision, { readonly do: "park" }>;

/** What is known of the attempt that failed. */
export interface Effort {
  /** Failing time of the row before this attempt, ms. */
  readonly failingMs: number;
  /** Time waited between the last counted failure and this attempt, ms; 0 for the first. */
  readonly waitedMs: number;
  /** How long this attempt took, ms. */
  readonly attemptMs: number;
  /** Failures of this lane in a row, this one included: 1, 2, … */
  readonly run: number;
}

/** What the end of an attempt is judged by besides the answer; `failingMs` is the row's own. */
export type AttemptEffort = Omit<Effort, "failingMs">;

/** What follows from a failed attempt. `fraction` is 0 ≤ x < 1, for jitter. */
export function decide(failure: Failure, effort: Effort, fraction: number): Decision {
  switch (failure.kind) {
    // No connection: the time does not count, and it ends the run of failing attempts.
    case "offline":
    case "certificate":
      return { do: "wait", delayMs: delay(failure, effort.run, fraction), failingMs: 0 };
    case "timeout":
    case "unavailable":
    case "malformed":
      return waitWithinWindow(failure, effort, fraction);
    case "limited":
      return { do: "hold", delayMs: delay(failure, effort.run, fraction) };
    case "unauthorized":
      return { do: "stop" };
    case "aborted":
      return { do: "keep" };
    case "rejected":
    case "invalid":
      return { do: "park", reason: { code: "rejected", failure }, lane: "goes-on" };
    // Nobody foresaw it and the outcome is open: never again without the user, and nothing may overtake.
    case "storage":
    case "bug":
      return { do: "park", reason: { code: "gave-up", failure }, lane: "waits" };
  }
}

/** The last attempt begins at 5:00 at the latest: the wait before it is clipped (SEND-07). */
function waitWithinWindow(failure: Failure, effort: Effort, fraction: number): Decision {
  const failingMs = effort.failingMs + effort.waitedMs + Math.min(effort.attemptMs, LONGEST_ATTEMPT_MS);
  const left = RETRY_WINDOW_MS - failingMs;
  if (left <= 0) return { do: "park", reason: { code: "gave-up", failure }, lane: "waits" };
  return { do: "wait", delayMs: Math.min(delay(failure, effort.run, fraction), left), failingMs };
}

/** Ms to wait; a server that says "0 ms" gets our own backoff, or we would spin. */
function delay(failure: Failure, run: number, fraction: number): number {
  const said = failure.retryAfterMs;
  if (failure.kind === "limited" && (said === undefined || said <= 0)) {
    return retryDelay({ kind: "limited", message: failure.message }, run, fraction) ?? 1000;
  }
  return retryDelay(failure, run, fraction) ?? 1000;
}

/** True when the failure counts towards the five minutes: there was a connection. */
export const isCounted = (failure: Failure): boolean =>
  failure.kind === "timeout" || failure.kind === "unavailable" || failure.kind === "malformed";

/** True when the server cannot have taken the message in this attempt. */
export function provesRefusal(failure: Failure): boolean {
  switch (failure.kind) {
    case "offline":
    case "certificate":
    case "limited":
    case "unauthorized":
    case "rejected":
    case "invalid":
      return true;
    case "timeout":
    case "unavailable":
    case "malformed":
    case "aborted":
    case "storage":
    case "bug":
      return false;
  }
}

/** What is known of the first queued row of a lane before it is attempted. */
export interface Candidate {
  readonly isReadable: boolean;
  /** It speaks of a message of ours that has not gone out. */
  readonly isTargetMissing: boolean;
  /** The room is encrypted and the content is not. */
  readonly isPlainInEncryptedRoom: boolean;
  /** An earlier attempt ended without proof that the server did not take it. */
  readonly mayHaveArrived: boolean;
  /** Transaction ids live per device: on another one a repeat is a second message. */
  readonly isOtherDevice: boolean;
  /** Since the first attempt that may have arrived, ms; 0 without one. */
  readonly attemptedMs: number;
  /** How long it has been waiting, ms. */
  readonly waitedMs: number;
}

/** May the row go out now? */
export function decideNext(row: Candidate): { readonly do: "send" } | Park {
  if (!row.isReadable) return { do: "park", reason: { code: "unreadable" }, lane: "goes-on" };
  if (row.isTargetMissing) return { do: "park", reason: { code: "behind" }, lane: "goes-on" };
  // It was typed before that: what was said in the open is not to follow into a room that is closed (XSS-05).
  if (row.isPlainInEncryptedRoom) {
    const failure: Failure = { kind: "invalid", message: "room-encrypted" };
    return { do: "park", reason: { code: "rejected", failure }, lane: "goes-on" };
  }
  // Where the server no longer recognises the transaction id, a repeat is a second message.
  const isForgotten = row.isOtherDevice || row.attemptedMs > RECOGNISED_FOR_MS;
  if (row.mayHaveArrived && isForgotten) {
    return { do: "park", reason: { code: "uncertain" }, lane: "waits" };
  }
  if (row.waitedMs > STALE_AFTER_MS)
    return { do: "park", reason: { code: "waited-too-long" }, lane: "waits" };
  return { do: "send" };
}

/**
 * How long a lane that waits still has to wait when a sync has succeeded, ms. Where no connection was possible the
 * sync proves that there is one. Where the server answers but does not take messages, a sync says less: the wait
 * shrinks to a quarter, so that the intervals keep growing (SEND-06).
 */
export function delayAfterSync(failure: Failure, delayMs: number, waitedMs: number): number {
  const atLeast = isCounted(failure) ? delayMs / 4 : 0;
  return Math.max(0, Math.min(delayMs, atLeast) - waitedMs);
}
