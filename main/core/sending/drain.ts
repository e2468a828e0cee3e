import type { EventId, MxcUri, RoomId } from "../../../preload/contract/ids.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import { failed, toFailure, type Result } from "../failure.ts";
import type { Clock, Log } from "../platform.ts";
import { begin, finish, type Attempt } from "./attempt.ts";
import { delayAfterSync, isCounted, type AttemptEffort, type Outcome } from "./decide.ts";
import { publishLane, type Queue } from "./queue.ts";
import { finishUpload, type Upload } from "./uploads.ts";

// When the queue's steps run: one lane per room, one request in flight per lane, four rooms at once, one gate that
// a rate limit closes for all. What happens to a row is decided elsewhere (decide.ts, attempt.ts).

/** Rooms with a request on the wire at the same time; friendly to the server's rate limits. */
const ROOMS_AT_ONCE = 4;
/** A request whose echo has come is given this long to answer, ms, before it no longer holds up its lane. */
const ECHO_GRACE_MS = 2_000;
/** When the network comes back, requests older than this are taken for lost with the old one, ms. */
const STALE_REQUEST_MS = 3_000;
/** The user is told of an upload's progress this often, ms. */
const PROGRESS_EVERY_MS = 150;
/** A full or broken disk is asked again after this long, ms. */
const STORAGE_PAUSE_MS = 10_000;

export type Put = (attempt: Attempt, signal: AbortSignal) => Promise<Result<{ readonly eventId: EventId }>>;

/** Brings a file to the server, and says on the way how much of it has left, 0…1. */
export type PutFile = (
  upload: Upload,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
) => Promise<Result<MxcUri>>;

export interface DrainDeps {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: Log;
  readonly put: Put;
  readonly putFile: PutFile;
  readonly onUnauthorized: (failure: Failure) => void;
  /** Why the queue's notes cannot be written; null when they can be again. */
  readonly onStorage: (failure: Failure | null) => void;
}

/** A room with something to send. */
interface Lane {
  readonly roomId: RoomId;
  /** Failures in a row. */
  run: number;
  /** Time waited since the last counted failure, ms. */
  waitedMs: number;
  now:
    | { readonly is: "ready" }
    | { readonly is: "flying"; readonly attempt: Attempt; readonly since: number; readonly abort: () => void }
    | { readonly is: "uploading"; readonly upload: Upload; movedAt: number; readonly abort: () => void }
    | {
        readonly is: "waiting";
        readonly failure: Failure;
        readonly since: number;
        readonly delayMs: number;
        cancel: () => void;
      };
}

export interface Drain {
  /** Lets the queued rows of these rooms go, in this order of rooms. */
  start(roomIds: Iterable<RoomId>): void;
  /** Breaks off what is on the wire; resolves when nothing touches the store any more. */
  stop(): Promise<void>;
  /** There is something new in the room; a lane that waits goes on waiting. */
  kick(roomId: RoomId): void;
  /** The user wants it now: a lane that waits goes at once. */
  hurry(roomId: RoomId): void;
  wake(reason: "network" | "synced"): void;
  /** These rows have left by their echo. */
  settled(seqs: readonly number[]): void;
  /** Rows have been deleted: what is being uploaded for them is broken off. */
  dropped(): void;
}

export function createDrain(deps: DrainDeps): Drain {
  const { queue, clock, log, put, putFile, onUnauthorized, onStorage } = deps;
  const lanes = new Map<RoomId, Lane>();
  const ready: Lane[] = [];
  const landing = new Set<Promise<void>>();
  let flying = 0;
  let hasStorageFailed = false;
  let isRunning = false;
  let gateOpensAt = 0;
  let cancelGate: (() => void) | null = null;

  function pump(): void {
    while (isRunning && flying < ROOMS_AT_ONCE && ready.length > 0) {
      const closedMs = gateOpensAt - clock.monotonic();
      if (closedMs > 0) return waitAtGate(closedMs);
      const lane = ready.shift();
      if (lane !== undefined) launch(lane);
    }
  }

  function waitAtGate(ms: number): void {
    cancelGate ??= clock.after(Math.ceil(ms), () => {
      cancelGate = null;
      pump();
    });
  }

  function launch(lane: Lane): void {
    // Taken before anything is published: whoever reacts by calling back finds the slot occupied.
    flying += 1;
    let attempt: Attempt | Upload | null;
    try {
      attempt = begin(queue, lane.roomId);
      storageWorks();
    } catch (error) {
      flying -= 1;
      return pauseForStorage(lane, error);
    }
    if (attempt === null) {
      flying -= 1;
      lanes.delete(lane.roomId);
      return;
    }
    const control = new AbortController();
    const abort = (): void => control.abort();
    const now = clock.monotonic();
    // A file may take minutes: it holds up its own room, and no other.
    if (attempt.kind === "upload") flying -= 1;
    lane.now =
      attempt.kind === "upload"
        ? { is: "uploading", upload: attempt, movedAt: now, abort }
        : { is: "flying", attempt, since: now, abort };
    const flight = (
      attempt.kind === "upload" ? upload(lane, attempt, control.signal) : fly(lane, attempt, control.signal)
    ).finally(() => landing.delete(flight));
    landing.add(flight);
  }

  async function upload(lane: Lane, step: Upload, signal: AbortSignal): Promise<void> {
    const since = clock.monotonic();
    let result: Awaited<ReturnType<PutFile>>;
    try {
      result = await putFile(step, signal, createProgress(lane, step));
    } catch (error) {
      log("error", "upload-threw", { transactionId: step.transactionId });
      result = failed(toFailure(error));
    }
    land(lane, step, result, clock.monotonic() - since, (effort) =>
      finishUpload(queue, step, result, effort),
    );
    pump();
  }

  /** Tells of a file's progress, not more often than anybody could see. */
  function createProgress(lane: Lane, { seq, roomId, role }: Upload): (fraction: number) => void {
    let toldAt = Number.NEGATIVE_INFINITY;
    return (fraction) => {
      const flight = queue.inFlight.get(seq);
      if (flight === undefined || lane.now.is !== "uploading") return;
      lane.now.movedAt = clock.monotonic();
      // A thumbnail is a matter of a moment: the ring stands for the file.
      if (role === "thumbnail") return;
      flight.progress = fraction;
      if (fraction < 1 && lane.now.movedAt - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = lane.now.movedAt;
      publishLane(queue, roomId, false);
    };
  }

  async function fly(lane: Lane, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const since = clock.monotonic();
    let result: Awaited<ReturnType<Put>>;
    try {
      result = await put(attempt, signal);
    } catch (error) {
      log("error", "send-threw", { transactionId: attempt.transactionId });
      result = failed(toFailure(error));
    }
    flying -= 1;
    land(lane, attempt, result, clock.monotonic() - since, (effort) =>
      finish(queue, attempt, result, effort),
    );
    pump();
  }

  function land(
    lane: Lane,
    attempt: Attempt | Upload,
    result: Result<unknown>,
    attemptMs: number,
    writeDown: (effort: AttemptEffort) => Outcome,
  ): void {
    lane.run = result.ok ? 0 : lane.run + 1;
    let outcome: Outcome;
    try {
      outcome = writeDown({ waitedMs: lane.waitedMs, attemptMs, run: lane.run });
      storageWorks();
    } catch (error) {
      return pauseForStorage(lane, error);
    }
    lane.waitedMs = 0;
    if (!result.ok) logFailure(attempt, result.failure, outcome);
    if (outcome.do === "stop" && !result.ok) halt(result.failure);
    if (!isRunning) return void lanes.delete(lane.roomId);
    if (outcome.do === "wait" && !result.ok) return wait(lane, result.failure, outcome.delayMs);
    if (outcome.do === "hold") {
      gateOpensAt = Math.max(gateOpensAt, clock.monotonic() + outcome.delayMs);
      cancelGate?.();
      cancelGate = null;
    } else if (outcome.do === "next") lane.run = 0;
    makeReady(lane);
  }

  function logFailure(
    { roomId, transactionId, kind: step }: Attempt | Upload,
    { kind, status, errcode }: Failure,
    outcome: Outcome,
  ): void {
    log("info", "send-failed", { roomId, transactionId, step, kind, status, errcode, then: outcome.do });
  }

  function wait(lane: Lane, failure: Failure, delayMs: number): void {
    const since = clock.monotonic();
    const cancel = clock.after(delayMs, () => endWait(lane));
    lane.now = { is: "waiting", failure, since, delayMs, cancel };
  }

  function endWait(lane: Lane): void {
    if (lane.now.is !== "waiting") return;
    const { failure, since, delayMs, cancel } = lane.now;
    cancel();
    lane.waitedMs = isCounted(failure) ? Math.min(clock.monotonic() - since, delayMs) : 0;
    makeReady(lane);
    pump();
  }

  function makeReady(lane: Lane): void {
    lane.now = { is: "ready" };
    ready.push(lane);
  }

  /** Nothing is sent that could not be written down first. Told to the user, and tried again: space may be freed. */
  function pauseForStorage(lane: Lane, error: unknown): void {
    const failure = toFailure(error);
    log("error", "send-queue-storage", { kind: failure.kind, message: failure.message });
    if (isRunning) wait(lane, failure, STORAGE_PAUSE_MS);
    else lanes.delete(lane.roomId);
    hasStorageFailed = true;
    onStorage(failure);
  }

  function storageWorks(): void {
    if (!hasStorageFailed) return;
    hasStorageFailed = false;
    onStorage(null);
  }

  /** The session is not accepted: every lane stops, every row stays. */
  function halt(failure: Failure): void {
    if (!isRunning) return;
    quiet();
    onUnauthorized(failure);
  }

  function quiet(): void {
    isRunning = false;
    cancelGate?.();
    cancelGate = null;
    ready.length = 0;
    for (const lane of [...lanes.values()]) {
      if (lane.now.is === "flying" || lane.now.is === "uploading") continue;
      if (lane.now.is === "waiting") lane.now.cancel();
      lanes.delete(lane.roomId);
    }
  }

  function kick(roomId: RoomId): void {
    if (!isRunning || lanes.has(roomId)) return;
    const lane: Lane = { roomId, run: 0, waitedMs: 0, now: { is: "ready" } };
    lanes.set(roomId, lane);
    ready.push(lane);
    pump();
  }

  function wakeByNetwork(lane: Lane): void {
    if (lane.now.is === "waiting") endWait(lane);
    else if (lane.now.is === "flying" && clock.monotonic() - lane.now.since > STALE_REQUEST_MS)
      lane.now.abort();
    else if (lane.now.is === "uploading" && clock.monotonic() - lane.now.movedAt > STALE_REQUEST_MS)
      lane.now.abort();
  }

  function wakeBySync(lane: Lane): void {
    if (lane.now.is !== "waiting") return;
    const { failure, since, delayMs } = lane.now;
    const leftMs = delayAfterSync(failure, delayMs, clock.monotonic() - since);
    if (leftMs === 0) return endWait(lane);
    lane.now.cancel();
    lane.now.cancel = clock.after(leftMs, () => endWait(lane));
  }

  return {
    kick,
    start(roomIds) {
      isRunning = true;
      for (const roomId of roomIds) kick(roomId);
    },
    async stop() {
      quiet();
      for (const { now } of lanes.values()) if (now.is === "flying" || now.is === "uploading") now.abort();
      await Promise.all(landing);
    },
    hurry(roomId) {
      const lane = lanes.get(roomId);
      if (lane === undefined) kick(roomId);
      else endWait(lane);
    },
    dropped() {
      for (const { now } of lanes.values())
        if (now.is === "uploading" && queue.rows.rowBySeq.get({ seq: now.upload.seq }) === undefined)
          now.abort();
    },
    wake(reason) {
      for (const lane of [...lanes.values()]) (reason === "network" ? wakeByNetwork : wakeBySync)(lane);
    },
    settled(seqs) {
      for (const lane of lanes.values()) {
        if (lane.now.is !== "flying" || !seqs.includes(lane.now.attempt.seq)) continue;
        const { abort, attempt } = lane.now;
        clock.after(ECHO_GRACE_MS, () => {
          if (lane.now.is === "flying" && lane.now.attempt === attempt) abort();
        });
      }
    },
  };
}
