import type { EventId, RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./search.sql?raw";

/** A stored event, as far as its document needs it. `isRedacted` is 0 or 1. */
export interface IndexedEvent {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly type: string;
  readonly sender: UserId;
  readonly ts: number;
  readonly stateKey: string | null;
  readonly relType: string | null;
  readonly isRedacted: number;
  readonly raw: string;
}

export interface SearchDoc {
  readonly doc: number;
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly has: number;
  readonly text: string;
}

export interface FoundRow {
  readonly doc: number;
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly has: number;
  readonly type: string;
  readonly ts: number;
  readonly senderName: string | null;
  readonly senderAvatar: string | null;
  readonly raw: string;
  /** Its place in the stored timeline, if it has one. */
  readonly segment: number | null;
  readonly position: number | null;
}

export interface EditOfDoc {
  readonly eventId: EventId;
  readonly type: string;
  readonly sender: UserId;
  readonly ts: number;
  readonly raw: string;
}

type None = Record<never, never>;
type Found = { readonly found: 1 };
interface OfEvent {
  readonly eventId: EventId;
}
interface InRoom {
  readonly roomId: RoomId;
}
/** Documents between two, both included; at most so many, newest first. */
export interface DocRange {
  readonly newest: number;
  readonly oldest: number;
  readonly limit: number;
}

/** The statements of the search index with their types. */
export function searchQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    pending: find<{ limit: number }, IndexedEvent>("pending"),
    forgetUnknownPending: find<None>("forgetUnknownPending"),
    removePending: find<OfEvent>("removePending"),
    hasPending: find<None, Found>("hasPending"),
    below: find<None, { value: number }>("below"),
    setBelow: find<{ value: number }>("setBelow"),
    removeBelow: find<None>("removeBelow"),
    uncrawled: find<{ below: number; limit: number }, IndexedEvent & { row: number }>("uncrawled"),
    newestRow: find<None, { row: number | null }>("newestRow"),
    edits: find<OfEvent & InRoom, EditOfDoc>("edits"),
    removeDoc: find<OfEvent>("removeDoc"),
    docTaken: find<{ doc: number }, Found>("docTaken"),
    insertDoc: find<SearchDoc & OfEvent & { short: string }>("insertDoc"),
    range: find<None, { oldest: number | null; newest: number | null }>("range"),
    matches: find<DocRange & { match: string }, SearchDoc>("matches"),
    shortMatches: find<DocRange & { match: string }, SearchDoc>("shortMatches"),
    inRoom: find<DocRange & InRoom, SearchDoc>("inRoom"),
    bitsInRoom: find<DocRange & InRoom, Pick<SearchDoc, "doc" | "has">>("bitsInRoom"),
    anywhere: find<DocRange, SearchDoc>("anywhere"),
    isSmallRoom: find<InRoom & { most: number }, { isSmall: 0 | 1 }>("isSmallRoom"),
    found: find<{ doc: number }, FoundRow>("found"),
    docFrom: find<InRoom & { doc: number }, OfEvent & { ts: number }>("docFrom"),
    docBefore: find<InRoom & { doc: number }, OfEvent & { ts: number }>("docBefore"),
    redacted: find<OfEvent, Found>("redacted"),
    isIgnored: find<{ userId: UserId }, Found>("isIgnored"),
    isStored: find<OfEvent, Found>("isStored"),
    rooms: find<None, InRoom & { name: string | null; membership: string; isEncrypted: 0 | 1 }>("rooms"),
    roomsWithGaps: find<None, InRoom>("roomsWithGaps"),
    people: find<None, { userId: UserId; name: string | null }>("people"),
    senderName: find<InRoom & { userId: UserId }, { name: string | null }>("senderName"),
    historyJobs: find<None, InRoom>("historyJobs"),
    addHistoryJob: find<InRoom & { askedAt: number }>("addHistoryJob"),
    removeHistoryJob: find<InRoom>("removeHistoryJob"),
    oldestOf: find<InRoom & { segment: number }, { ts: number }>("oldestOf"),
    countIn: find<InRoom, { count: number }>("countIn"),
  };
}

export type SearchQueries = ReturnType<typeof searchQueries>;
