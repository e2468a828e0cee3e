import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import type { JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import type { OutgoingRow } from "../store/queries/sending.ts";
import {
  decide,
  decideNext,
  provesRefusal,
  type AttemptEffort,
  type Decision,
  type Outcome,
} from "./decide.ts";
import { parkWithDependents, pointDependents } from "./dependents.ts";
import { parseContent } from "./parse-content.ts";
import { commit, publishLane, type Flight, type Queue, type SendingSession } from "./queue.ts";
import { nextUpload, type Upload } from "./uploads.ts";
import { cacheEpoch, newestSegment, settle } from "./settle.ts";

/** A request that must now go out, exactly once, and then come back to `finish`. */
export interface Attempt {
  readonly kind: "event";
  readonly seq: number;
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly eventType: string;
  readonly content: JsonObject;
  /** Whether an earlier attempt may have arrived; a clean failure of this one returns to it. */
  readonly mayHaveArrived: boolean;
}

/**
 * Takes the first row of the lane that may go and writes its attempt down before the request leaves: after a crash
 * we know that the server may have it. A row that needs a file on the server gives that first: an upload comes back to
 * `finishUpload`. Null when nothing in the lane may go now, or one is on the wire already.
 */
export function begin(queue: Queue, roomId: RoomId): Attempt | Upload | null {
  const session = queue.session();
  if (session === null || isFlying(queue, roomId)) return null;
  // After the cache was rebuilt we cannot tell an open room from an encrypted one: its words wait for the first sync.
  if (queue.known.unknownRoom.get({ roomId }) !== undefined) return null;
  let hasParked = false;
  const attempt = commit(queue, () => {
    for (;;) {
      const row = queue.rows.firstQueued.get({ userId: session.userId, roomId });
      if (row === undefined) return null;
      const content = parseContent(row.eventType, row.content);
      const decision = decideNext({
        isReadable: content !== null,
        isTargetMissing: row.dependsOn !== null,
        isPlainInEncryptedRoom:
          !isAllowedPlain(row.eventType) && queue.known.encryptedRoom.get({ roomId }) !== undefined,
        mayHaveArrived: row.mayHaveArrived === 1,
        isOtherDevice: row.attemptDeviceId !== session.deviceId,
        attemptedMs: queue.clock.now() - (row.attemptedAt ?? queue.clock.now()),
        waitedMs: queue.clock.now() - row.waitingSince,
      });
      if (content !== null && decision.do === "send")
        return nextUpload(queue, row) ?? raise(queue, row, content, session);
      if (decision.do === "park") parkWithDependents(queue, row, decision);
      hasParked = true;
    }
  });
  if (attempt !== null) queue.inFlight.set(attempt.seq, flightOf(queue, attempt));
  if (attempt !== null || hasParked) publishLane(queue, roomId, hasParked);
  return attempt;
}

function flightOf(queue: Queue, attempt: Attempt | Upload): Flight {
  const { kind, roomId } = attempt;
  return {
    kind,
    roomId,
    since: queue.clock.now(),
    ...(attempt.kind === "upload" ? { progress: attempt.role === "file" ? 0 : 1 } : {}),
  };
}

/** A redaction names an event and is never encrypted (spec: m.room.encrypted). */
const isAllowedPlain = (eventType: string): boolean =>
  eventType === "m.room.encrypted" || eventType === "m.room.redaction";

function isFlying(queue: Queue, roomId: RoomId): boolean {
  for (const flight of queue.inFlight.values()) if (flight.roomId === roomId) return true;
  return false;
}

function raise(queue: Queue, row: OutgoingRow, content: JsonObject, session: SendingSession): Attempt {
  const { seq, roomId, transactionId, eventType } = row;
  const mayHaveArrived = row.mayHaveArrived === 1;
  // What counts is when and where the room stood at the first attempt the server may have taken.
  const first = mayHaveArrived
    ? { at: row.attemptedAt ?? queue.clock.now(), epoch: row.attemptEpoch, segment: row.attemptSegment }
    : { at: queue.clock.now(), epoch: cacheEpoch(queue), segment: newestSegment(queue, roomId) };
  queue.rows.raiseAttempt.run({ seq, deviceId: session.deviceId, ...first });
  return { kind: "event", seq, roomId, transactionId, eventType, content, mayHaveArrived };
}

/** Writes down how an attempt ended. The row may be gone (its echo came first): then there is nothing to write. */
export function finish(
  queue: Queue,
  attempt: Attempt,
  result: Result<{ readonly eventId: EventId }>,
  effort: AttemptEffort,
): Outcome {
  const { seq, roomId } = attempt;
  queue.inFlight.delete(seq);
  let outcome: Outcome = { do: "next" };
  let hasParked = false;
  commit(queue, () => {
    const row = queue.rows.rowBySeq.get({ seq });
    const isOpen = row !== undefined && row.state === "queued";
    if (result.ok) {
      if (row !== undefined) markSent(queue, row, result.value.eventId);
      return;
    }
    const decision = decide(
      result.failure,
      { ...effort, failingMs: row?.failingMs ?? 0 },
      queue.random.fraction(),
    );
    if (isOpen) hasParked = writeFailure(queue, row, attempt, result.failure, decision);
    outcome = decision.do === "park" || (!isOpen && decision.do === "wait") ? { do: "next" } : decision;
  });
  publishLane(queue, roomId, hasParked);
  // The event it named may be here already (ECHO-08).
  if (result.ok) settle(queue, [roomId]);
  return outcome;
}

function markSent(queue: Queue, row: OutgoingRow, eventId: EventId): void {
  queue.rows.markSent.run({ seq: row.seq, eventId });
  pointDependents(queue, row, eventId);
}

/** True when rows were parked. */
function writeFailure(
  queue: Queue,
  row: OutgoingRow,
  attempt: Attempt,
  failure: Failure,
  decision: Decision,
): boolean {
  const mayHaveArrived = attempt.mayHaveArrived || !provesRefusal(failure);
  queue.rows.recordFailure.run({
    seq: row.seq,
    mayHaveArrived: mayHaveArrived ? 1 : 0,
    failingMs: decision.do === "wait" ? decision.failingMs : row.failingMs,
  });
  if (decision.do !== "park") return false;
  parkWithDependents(queue, row, decision);
  return true;
}
