import type { EventId, MxcUri, RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./rooms.sql?raw";
import type { Place } from "./timeline.ts";

/** A row of `rooms`; JSON columns as text, booleans as 0 and 1. */
export interface RoomRow {
  readonly roomId: RoomId;
  readonly membership: string;
  readonly name: string | null;
  readonly topic: string | null;
  readonly avatarMxc: MxcUri | null;
  readonly joinedCount: number;
  readonly invitedCount: number;
  readonly heroes: string;
  readonly unread: number;
  readonly highlight: number;
  readonly isMarkedUnread: number;
  /** Marked as unread from this message on. */
  readonly unreadFrom: EventId | null;
  readonly lastActivityTs: number;
  readonly preview: string | null;
  readonly previewEventId: EventId | null;
  readonly isEncrypted: number;
  readonly isMuted: number;
  readonly tags: string;
  readonly directUserId: UserId | null;
  readonly fullyReadEventId: EventId | null;
  readonly replacementRoomId: RoomId | null;
  readonly inviterId: UserId | null;
  readonly inviteIsDirect: number;
  readonly inviteReason: string | null;
}

export interface MemberRow {
  readonly userId: UserId;
  readonly membership: string;
  readonly displayName: string | null;
  readonly avatarMxc: MxcUri | null;
}

interface InRoom {
  readonly roomId: RoomId;
}

export type RoomQueries = ReturnType<typeof roomQueries>;

/** Statements on rooms, their state, members and account data (cache.db). */
export function roomQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    loadState: find<
      InRoom & { type: string; stateKey: string },
      { content: string; sender: UserId; eventId: EventId | null }
    >("loadState"),
    putState: find<
      InRoom & { type: string; stateKey: string; eventId: EventId | null; sender: UserId; content: string }
    >("putState"),
    stripUnprotectedState: find<InRoom & { eventId: EventId; content: string }>("stripUnprotectedState"),
    putMember: find<InRoom & MemberRow & { eventId: EventId | null }>("putMember"),
    stripMember: find<InRoom & { eventId: EventId }>("stripMember"),
    loadMember: find<InRoom & { userId: UserId }, MemberRow>("loadMember"),
    someMembers: find<InRoom & { ownUserId: UserId }, MemberRow>("someMembers"),
    loadRoom: find<InRoom, RoomRow>("loadRoom"),
    loadListedRooms: find<Record<never, never>, RoomRow>("loadListedRooms"),
    putRoom: find<RoomRow>("putRoom"),
    setTags: find<InRoom & { tags: string }>("setTags"),
    setFullyRead: find<InRoom & { eventId: EventId }>("setFullyRead"),
    place: find<{ eventId: EventId }, Place & InRoom>("place"),
    newestEvents: find<InRoom, { raw: string }>("newestEvents"),
    newestEdit: find<{ eventId: EventId }, { raw: string }>("newestEdit"),
    isRedacted: find<{ eventId: EventId }, { found: 1 }>("isRedacted"),
    isIgnored: find<{ userId: UserId }, { found: 1 }>("isIgnored"),
    directInvitesBy: find<{ userId: UserId }, InRoom>("directInvitesBy"),
    hasHistory: find<InRoom, { found: 1 }>("hasHistory"),
    presentRoomIds: find<Record<never, never>, { roomId: RoomId }>("presentRoomIds"),
    allRoomIds: find<Record<never, never>, { roomId: RoomId }>("allRoomIds"),
    putAccountData: find<{ roomId: RoomId | ""; type: string; content: string }>("putAccountData"),
    loadAccountData: find<{ roomId: RoomId | ""; type: string }, { content: string }>("loadAccountData"),
  };
}
