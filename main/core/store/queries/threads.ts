import type { EventId, RoomId, TransactionId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import type { Place, ReceiptRow } from "./timeline.ts";
import sql from "./threads.sql?raw";

/** A reply of a thread; without a place when it came by itself. */
export interface ThreadChild {
  readonly eventId: EventId;
  readonly sender: UserId;
  /** Ms since the epoch, as the sender's server says. */
  readonly ts: number;
  /** Rises with what was stored when. */
  readonly stored: number;
  readonly segment: number | null;
  readonly position: number | null;
}

/** Replies that notify and are not read. */
export interface ThreadCount {
  readonly root: EventId;
  readonly unread: number;
  readonly highlight: number;
}

interface InRoom {
  readonly roomId: RoomId;
}
interface InThread extends InRoom {
  readonly root: EventId;
}
interface OfEvent extends InRoom {
  readonly eventId: EventId;
}
interface Between extends InRoom {
  readonly fromSegment: number;
  readonly fromPosition: number;
  readonly toSegment: number;
  readonly toPosition: number;
}

/** Statements about threads, on the cache. */
export function threadQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    children: find<InThread, ThreadChild>("children"),
    allChildren: find<InThread, ThreadChild & { readonly isHidden: number }>("allChildren"),
    hiddenChildren: find<InThread, { count: number }>("hiddenChildren"),
    rootsBetween: find<Between, { root: EventId }>("rootsBetween"),
    roots: find<InRoom, { root: EventId }>("roots"),
    hasThreads: find<InRoom, { found: 1 }>("hasThreads"),
    rootOf: find<OfEvent, { root: EventId }>("rootOf"),
    rawOf: find<OfEvent, { raw: string }>("rawOf"),
    sentAs: find<InRoom & { transactionId: TransactionId; userId: UserId }, { eventId: EventId }>("sentAs"),
    newestSegment: find<InRoom, { segment: number | null }>("newestSegment"),
    unread: find<InRoom, ThreadCount>("unread"),
    putCount: find<InRoom & ThreadCount>("putCount"),
    removeCounts: find<InRoom>("removeCounts"),
    removeCount: find<InThread>("removeCount"),
    readPlaces: find<InThread, Place>("readPlaces"),
    receipt: find<InThread & { userId: UserId }, ReceiptRow>("receipt"),
    setReceipt: find<InThread & ReceiptRow>("setReceipt"),
    receipts: find<InThread, ReceiptRow>("receipts"),
  };
}

export type ThreadQueries = ReturnType<typeof threadQueries>;
