import type { EventId, RoomId, TransactionId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import timelineSql from "./timeline.sql?raw";

/** Where an event stands in its room. Places of one room are ordered by segment, then by position. */
export interface Place {
  readonly segment: number;
  readonly position: number;
}

/** A stretch of history without holes. `prevBatch` null: joined to the older segment, or the start of the room. */
export interface Segment {
  readonly segment: number;
  readonly prevBatch: string | null;
}

/** A stored event at its place; `isRedacted` is 0 or 1. */
export interface StoredRow extends Place {
  readonly eventId: EventId;
  readonly type: string;
  readonly sender: UserId;
  readonly ts: number;
  readonly stateKey: string | null;
  readonly relatesTo: EventId | null;
  readonly relType: string | null;
  readonly transactionId: TransactionId | null;
  /** As they were at the time (DSP-02); null when the person had none or it is not known. */
  readonly senderName: string | null;
  readonly senderAvatar: string | null;
  readonly isRedacted: number;
  readonly html: string | null;
  readonly raw: string;
}

export interface EditRow {
  readonly eventId: EventId;
  readonly target: EventId;
  readonly type: string;
  readonly sender: UserId;
  readonly ts: number;
  readonly html: string | null;
  readonly raw: string;
}

export interface ReactionRow {
  readonly eventId: EventId;
  readonly target: EventId;
  readonly sender: UserId;
  readonly senderName: string | null;
  readonly ts: number;
  readonly key: string;
  /** The words of a picture (MSC4027), as sent: of any type. */
  readonly shortcode: unknown;
}

/** A vote in a poll, or its end. */
export interface VoteRow {
  readonly eventId: EventId;
  readonly target: EventId;
  readonly type: string;
  readonly sender: UserId;
  /** Ms since the epoch, as the sender's server says. */
  readonly ts: number;
  readonly raw: string;
}

export interface ReceiptRow {
  readonly userId: UserId;
  readonly eventId: EventId;
  readonly ts: number;
}

/** How sure a row's profile is: from a member event that governs it, a guess, or nothing at all. */
export const profileSettled = 2;
export const profileGuessed = 1;
export const profileUnknown = 0;

export interface NewEvent {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly type: string;
  readonly sender: UserId;
  readonly ts: number;
  readonly stateKey: string | null;
  readonly relatesTo: string | null;
  readonly relType: string | null;
  readonly transactionId: TransactionId | null;
  readonly senderName: string | null;
  readonly senderAvatar: string | null;
  readonly profile: number;
  readonly isRedacted: number;
  readonly html: string | null;
  readonly raw: string;
}

interface InRoom {
  readonly roomId: RoomId;
}
interface OfEvent {
  readonly eventId: EventId;
}
interface Between extends InRoom {
  readonly fromSegment: number;
  readonly fromPosition: number;
  readonly toSegment: number;
  readonly toPosition: number;
}
interface OfPerson extends InRoom {
  readonly userId: UserId;
}
interface NewProfile {
  readonly name: string | null;
  readonly avatar: string | null;
}
type Touched = { readonly eventId: EventId };

/** The timeline's statements with their types. Preparing them is what checks them against the schema. */
export function timelineQueries(cache: Database) {
  const find = cache.statements(timelineSql);
  return {
    segments: find<InRoom, Segment>("segments"),
    insertSegment: find<InRoom & Segment>("insertSegment"),
    forgetSegment: find<InRoom & { segment: number }>("forgetSegment"),
    setPrevBatch: find<InRoom & Segment>("setPrevBatch"),
    edges: find<InRoom & { segment: number }, { lowest: number | null; highest: number | null }>("edges"),
    newestEventId: find<InRoom & { segment: number }, OfEvent>("newestEventId"),
    oldestEventId: find<InRoom & { segment: number }, OfEvent>("oldestEventId"),
    place: find<OfEvent, Place & InRoom>("place"),
    eventBefore: find<InRoom & Place, OfEvent>("eventBefore"),
    insertPlace: find<InRoom & Place & OfEvent>("insertPlace"),
    insertEvent: find<NewEvent>("insertEvent"),
    storedEvent: find<
      OfEvent,
      InRoom &
        Pick<StoredRow, "type" | "sender" | "stateKey" | "relatesTo" | "relType" | "isRedacted" | "raw">
    >("storedEvent"),
    stripEvent: find<OfEvent & { raw: string }>("stripEvent"),
    rewriteEvent: find<OfEvent & { raw: string }>("rewriteEvent"),
    claimEvent: find<OfEvent & { transactionId: TransactionId; sender: UserId }>("claimEvent"),
    insertRedaction: find<InRoom & OfEvent & { redacts: EventId; raw: string }>("insertRedaction"),
    redaction: find<InRoom & OfEvent, { raw: string }>("redaction"),
    rowsBefore: find<InRoom & Place & { floor: number; limit: number }, StoredRow>("rowsBefore"),
    rowsAfter: find<InRoom & Place, StoredRow>("rowsAfter"),
    rowsAfterUpTo: find<InRoom & Place & { ceiling: number; limit: number }, StoredRow>("rowsAfterUpTo"),
    row: find<InRoom & OfEvent, StoredRow>("row"),
    hasBefore: find<InRoom & Place & { floor: number }, { found: 1 }>("hasBefore"),
    hasAfter: find<InRoom & Place, { found: 1 }>("hasAfter"),
    editsBetween: find<Between, EditRow>("editsBetween"),
    editsOf: find<InRoom & OfEvent, EditRow>("editsOf"),
    allEditsOf: find<InRoom & OfEvent, EditRow>("allEditsOf"),
    hiddenEvent: find<OfEvent, { found: 1 }>("hiddenEvent"),
    isIgnored: find<{ userId: UserId }, { found: 1 }>("isIgnored"),
    reactionsBetween: find<Between, ReactionRow>("reactionsBetween"),
    reactionsOf: find<InRoom & OfEvent, ReactionRow>("reactionsOf"),
    storedRow: find<InRoom & OfEvent, Omit<StoredRow, keyof Place>>("storedRow"),
    votesBetween: find<Between, VoteRow>("votesBetween"),
    votesOf: find<InRoom & OfEvent, VoteRow>("votesOf"),
    memberEventBefore: find<OfPerson & Place & { floor: number }, Place & { raw: string }>(
      "memberEventBefore",
    ),
    memberEventAfter: find<OfPerson & Place & { ceiling: number }, Place & { raw: string }>(
      "memberEventAfter",
    ),
    sendersUnsettled: find<InRoom & { fromSegment: number; toSegment: number }, { sender: UserId }>(
      "sendersUnsettled",
    ),
    settleProfiles: find<OfPerson & Between & NewProfile & { profile: number }, Touched>("settleProfiles"),
    setProfile: find<OfEvent & NewProfile & { profile: number }>("setProfile"),
    fillUnknownProfiles: find<OfPerson & NewProfile, Touched>("fillUnknownProfiles"),
    forgetProfile: find<OfPerson & Between & NewProfile, Touched>("forgetProfile"),
    member: find<OfPerson, { name: string | null; avatarMxc: string | null }>("member"),
    namesake: find<OfPerson & { name: string }, { found: 1 }>("namesake"),
    roomFacts: find<InRoom, { fullyRead: EventId | null; unreadFrom: EventId | null; membership: string }>(
      "roomFacts",
    ),
    receipt: find<OfPerson, ReceiptRow>("receipt"),
    setReceipt: find<OfPerson & OfEvent & { ts: number }>("setReceipt"),
    receiptsBetween: find<Between, ReceiptRow>("receiptsBetween"),
  };
}

export type TimelineQueries = ReturnType<typeof timelineQueries>;

/** Before and after every place of a room. */
export const beforeAll: Place = { segment: -1, position: Number.MIN_SAFE_INTEGER };
export const afterAll: Place = { segment: Number.MAX_SAFE_INTEGER, position: 0 };

/** Below zero when `a` is older than `b`. */
export const comparePlaces = (a: Place, b: Place): number => a.segment - b.segment || a.position - b.position;

/** As that, of two events of this room; null where one of them is not here. */
export function compareEvents(
  queries: { readonly place: Pick<TimelineQueries["place"], "get"> },
  roomId: RoomId,
  a: EventId,
  b: EventId,
): number | null {
  const [one, other] = [queries.place.get({ eventId: a }), queries.place.get({ eventId: b })];
  return one?.roomId === roomId && other?.roomId === roomId ? comparePlaces(one, other) : null;
}
