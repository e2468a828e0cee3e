import type { EventId, MxcUri, RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./attention.sql?raw";
import type { Place } from "./timeline.ts";

interface InRoom {
  readonly roomId: RoomId;
}
interface OfEvent {
  readonly eventId: EventId;
}

/** `threadId`: '' the whole room, 'main' the main timeline, else the root of a thread. */
export interface PositionRow extends OfEvent {
  readonly threadId: string;
  /** Ms since the epoch. */
  readonly ts: number;
}

/** An unread event that notifies; `isHighlight` and `isTold` are 0 or 1, `threadId` '' is the main timeline. */
export interface AttentionRow extends OfEvent {
  readonly threadId: string;
  readonly isHighlight: number;
  readonly sound: string | null;
  readonly ruleKind: string;
  readonly ruleId: string;
  readonly pattern: string | null;
  readonly isTold: number;
}

/** As much of it as counting needs. */
export interface UnreadRow extends Pick<AttentionRow, "eventId" | "isHighlight" | "isTold"> {
  readonly type: string;
}

export interface AttentionEvent extends AttentionRow {
  readonly sender: UserId;
  readonly senderName: string | null;
  readonly senderAvatar: MxcUri | null;
  readonly ts: number;
  readonly raw: string;
}

export interface Counts {
  readonly unread: number;
  readonly highlight: number;
}

export interface AttentionRoom extends Counts {
  readonly membership: string;
  readonly name: string | null;
  readonly joinedCount: number;
  readonly directUserId: UserId | null;
  readonly avatarMxc: MxcUri | null;
  readonly isEncrypted: number;
  readonly isMarkedUnread: number;
  readonly ownName: string | null;
}

export interface PresenceRow {
  readonly state: "online" | "idle" | "offline" | "unknown";
  /** Ms since the epoch. */
  readonly lastActiveTs: number | null;
  readonly isActive: number;
  readonly status: string | null;
}

export interface InviteFacts {
  readonly name: string | null;
  readonly avatarMxc: MxcUri | null;
  readonly inviterId: UserId | null;
  readonly inviterName: string | null;
}

export type AttentionQueries = ReturnType<typeof attentionQueries>;

export function attentionQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    position: find<InRoom & { threadId: string }, PositionRow>("position"),
    positions: find<InRoom, PositionRow & { segment: number | null; position: number | null }>("positions"),
    putPosition: find<InRoom & PositionRow>("putPosition"),
    place: find<OfEvent, Place & InRoom>("place"),
    newestPlace: find<InRoom, Place & OfEvent>("newestPlace"),
    holeAfter: find<InRoom & { segment: number }, { found: 1 }>("holeAfter"),
    holeAnywhere: find<InRoom, { found: 1 }>("holeAnywhere"),
    relation: find<InRoom & OfEvent, { relatesTo: EventId | null; relType: string | null; sender: UserId }>(
      "relation",
    ),
    eventsAfter: find<InRoom & Place & { ownUserId: UserId; limit: number }, Place & { raw: string }>(
      "eventsAfter",
    ),
    insertAttention: find<InRoom & AttentionRow>("insertAttention"),
    removeEvent: find<OfEvent>("removeEvent"),
    removeRoom: find<InRoom>("removeRoom"),
    removeReadRoom: find<InRoom & Place>("removeReadRoom"),
    removeReadThread: find<InRoom & Place & { threadId: string }>("removeReadThread"),
    removedUpTo: find<InRoom, { places: string }>("removedUpTo"),
    putRemovedUpTo: find<InRoom & { places: string }>("putRemovedUpTo"),
    counts: find<InRoom, Counts>("counts"),
    newestRowsOfRoom: find<InRoom & { limit: number }, AttentionEvent>("newestRowsOfRoom"),
    rowsOfRoom: find<InRoom & { limit: number }, AttentionEvent>("rowsOfRoom"),
    untoldRooms: find<Record<never, never>, InRoom>("untoldRooms"),
    unreadOfRoom: find<InRoom, UnreadRow>("unreadOfRoom"),
    untoldOfRoom: find<InRoom, UnreadRow>("untoldOfRoom"),
    setTold: find<InRoom & { eventIds: string }>("setTold"),
    serverCounts: find<InRoom, Counts & { isUsed: number }>("serverCounts"),
    putServerCounts: find<InRoom & Counts & { isUsed: number }>("putServerCounts"),
    setRoomCounts: find<InRoom & Counts>("setRoomCounts"),
    setMarkedUnread: find<InRoom & { isMarked: number; from: EventId | null }>("setMarkedUnread"),
    setMuted: find<InRoom & { isMuted: number }>("setMuted"),
    roomFacts: find<InRoom & { ownUserId: UserId }, AttentionRoom>("roomFacts"),
    state: find<InRoom & { type: string }, { content: string; sender: UserId }>("state"),
    accountData: find<{ type: string }, { content: string }>("accountData"),
    putAccountData: find<{ type: string; content: string }>("putAccountData"),
    presence: find<{ userId: UserId }, PresenceRow>("presence"),
    putPresence: find<PresenceRow & { userId: UserId }>("putPresence"),
    insertInvite: find<InRoom & { isTold: number }>("insertInvite"),
    removeInvite: find<InRoom>("removeInvite"),
    untoldInvites: find<Record<never, never>, InRoom>("untoldInvites"),
    untoldInvite: find<InRoom, { found: 1 }>("untoldInvite"),
    setInviteTold: find<InRoom>("setInviteTold"),
    inviteFacts: find<InRoom, InviteFacts>("inviteFacts"),
    joinedRooms: find<Record<never, never>, InRoom>("joinedRooms"),
  };
}
