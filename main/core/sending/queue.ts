import type { DeviceId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { UnsentReason } from "../../../preload/contract/models/timeline.ts";
import { changesOf, type Publish } from "../changes.ts";
import { FailureError, toFailure } from "../failure.ts";
import type { Clock, Random } from "../platform.ts";
import {
  queueStatements,
  settlingStatements,
  type OutgoingRow,
  type QueueStatements,
  type SettlingStatements,
} from "../store/queries/sending.ts";
import type { Store } from "../store/store.ts";
import type { Park } from "./decide.ts";

/** Whose queue it is: rows belong to a person, transaction ids to a device. */
export interface SendingSession {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** A row whose request is on the wire. */
export interface Flight {
  readonly kind: "event" | "upload";
  readonly roomId: RoomId;
  /** Ms since the epoch. */
  readonly since: number;
  /** Of an upload: how much of the file has left, 0…1. */
  progress?: number;
}

/** Syncs that have succeeded since a sent row was first seen behind a gap, by `seq` (see settle.ts). */
export type Hidden = Map<number, { readonly roomId: RoomId; syncs: number }>;

/**
 * What every step of the queue works with. Steps are synchronous functions over it: whatever happens between two
 * of them (a crash included) finds the queue whole, and the model test interleaves them as it likes.
 */
export interface Queue {
  readonly kept: Store["kept"];
  readonly cache: Store["cache"];
  readonly rows: QueueStatements;
  readonly known: SettlingStatements;
  readonly clock: Clock;
  readonly random: Random;
  readonly publish: Publish;
  readonly session: () => SendingSession | null;
  /** By `seq`. Not on disk: a crash empties it. */
  readonly inFlight: Map<number, Flight>;
  /** Sent rows that stand behind a gap. Memory as well: after a crash it is found out anew. */
  readonly hidden: Hidden;
}

export interface QueueDeps {
  readonly store: Pick<Store, "cache" | "kept">;
  readonly clock: Clock;
  readonly random: Random;
  readonly publish: Publish;
  readonly session: () => SendingSession | null;
}

export function openQueue({ store, ...deps }: QueueDeps): Queue {
  return {
    ...deps,
    kept: store.kept,
    cache: store.cache,
    rows: queueStatements(store),
    known: settlingStatements(store),
    inFlight: new Map(),
    hidden: new Map(),
  };
}

/** The session, or a FailureError: without one nothing can be queued. */
export function demandSession(queue: Queue): SendingSession {
  const session = queue.session();
  if (session !== null) return session;
  throw new FailureError({ kind: "unauthorized", message: "nobody is signed in" });
}

/** The session's row of that transaction id in that room. */
export function findRow(queue: Queue, roomId: RoomId, transactionId: TransactionId): OutgoingRow | undefined {
  const row = queue.rows.rowByTransaction.get({ transactionId });
  return row !== undefined && row.roomId === roomId && row.userId === queue.session()?.userId
    ? row
    : undefined;
}

/** One durable step on kept.db. What SQLite says goes up as a FailureError (a full disk keeps the composer's text). */
export function commit<T>(queue: Queue, work: () => T): T {
  try {
    return queue.kept.transaction(work);
  } catch (error) {
    throw error instanceof FailureError ? error : new FailureError(toFailure(error), { cause: error });
  }
}

/** After a commit: the room's timeline rows, and its summary where the number of unsent messages may be another. */
export function publishLane(queue: Queue, roomId: RoomId, isCountTouched: boolean): void {
  const rooms = new Set([roomId]);
  queue.publish(changesOf(isCountTouched ? { queues: rooms, rooms } : { queues: rooms }));
}

/** Parks a row; where the lane waits, what was typed after it parks behind it, in order. Inside a transaction. */
export function parkRow(queue: Queue, row: OutgoingRow, { reason, lane }: Park): void {
  const blocks = lane === "waits" ? 1 : 0;
  queue.rows.park.run({ seq: row.seq, reason: JSON.stringify(reason), blocks });
  if (lane === "goes-on") return;
  for (const later of queue.rows.laneRows.all({ userId: row.userId, roomId: row.roomId })) {
    if (later.seq > row.seq && later.state === "queued") parkBehind(queue, later.seq);
  }
}

const behind: UnsentReason = { code: "behind" };
export const behindJson = JSON.stringify(behind);

export function parkBehind(queue: Queue, seq: number): void {
  queue.rows.park.run({ seq, reason: behindJson, blocks: 1 });
}

export function isBehind(row: OutgoingRow): boolean {
  return row.blocks === 1 && row.reason === behindJson;
}

/**
 * Lets the messages go that were only parked behind something that is out of the way now, up to the next one that
 * has a reason of its own. Inside a transaction.
 */
export function releaseBehind(queue: Queue, lane: { userId: UserId; roomId: RoomId }): void {
  const now = queue.clock.now();
  for (const row of queue.rows.laneRows.all(lane)) {
    if (row.blocks === 0) continue;
    if (!isBehind(row)) return;
    requeueRow(queue, row, now);
  }
}

/** Back into the lane; what speaks of a parked message stays with that one instead. Inside a transaction. */
export function requeueRow(queue: Queue, row: OutgoingRow, now: number): void {
  if (isTargetParked(queue, row)) queue.rows.park.run({ seq: row.seq, reason: behindJson, blocks: 0 });
  else queue.rows.requeue.run({ seq: row.seq, now });
}

/** The message the row speaks of has not gone out and waits for the user. */
export const isTargetParked = (queue: Queue, { dependsOn }: OutgoingRow): boolean =>
  dependsOn !== null && queue.rows.rowBySeq.get({ seq: dependsOn })?.state === "parked";

/** The stored reason of a parked row; what cannot be read counts as `unreadable`. */
export function reasonOf(row: OutgoingRow): UnsentReason {
  try {
    const reason = JSON.parse(row.reason ?? "null") as UnsentReason | null;
    if (reason !== null && typeof reason.code === "string") return reason;
  } catch {
    // Falls through: the row itself is shown either way.
  }
  return { code: "unreadable" };
}
