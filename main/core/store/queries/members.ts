import type { EventId, RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import type { MemberRow } from "./rooms.ts";
import sql from "./members.sql?raw";

interface InRoom {
  readonly roomId: RoomId;
}
interface Among extends InRoom {
  readonly membership: string;
}
/** `key` is what the list is ordered by, before the id. */
interface NameRow {
  readonly userId: UserId;
  readonly displayName: string | null;
  readonly key: string;
}
type Nothing = Record<never, never>;

export type MemberQueries = ReturnType<typeof memberQueries>;

/** Statements on members lists, whole states, spaces and rooms that are forgotten (cache.db). */
export function memberQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    membersPage: find<Among & { privileged: string; count: number; start: number }, MemberRow>("membersPage"),
    memberCount: find<Among, { count: number }>("memberCount"),
    membersAmong: find<Among & { users: string }, MemberRow>("membersAmong"),
    membersAfter: find<Among & { key: string; userId: string; count: number }, NameRow>("membersAfter"),
    memberNames: find<Among & { users: string }, NameRow>("memberNames"),
    wholeSince: find<InRoom, { segment: number }>("wholeSince"),
    setWhole: find<InRoom & { segment: number }>("setWhole"),
    newestSegment: find<InRoom, { segment: number }>("newestSegment"),
    markGone: find<InRoom & { known: string }>("markGone"),
    serversOf: find<InRoom, { server: string; people: number }>("serversOf"),
    roomsWith: find<{ userId: UserId }, { roomId: RoomId; name: string | null }>("roomsWith"),
    stateOf: find<InRoom, { type: string; stateKey: string; sender: UserId; content: string }>("stateOf"),
    stateOfType: find<InRoom & { type: string }, { stateKey: string; sender: UserId; content: string }>(
      "stateOfType",
    ),
    isSpace: find<InRoom, { found: 1 }>("isSpace"),
    joinedSpaces: find<Nothing, InRoom>("joinedSpaces"),
    leftRooms: find<Nothing, InRoom>("leftRooms"),
    knocks: find<Record<never, never>, { roomId: RoomId }>("knocks"),
    newestMembership: find<InRoom & { userId: UserId }, { raw: string }>("newestMembership"),
    eventsOfSender: find<InRoom & { userId: UserId }, { eventId: EventId }>("eventsOfSender"),
    /** Everything of a room, in the order it goes. */
    forget: (
      [
        "forgetRoomRow",
        "forgetRoomState",
        "forgetRoomMembers",
        "forgetRoomEvents",
        "forgetRoomTimeline",
        "forgetRoomSegments",
        "forgetRoomReceipts",
        "forgetRoomData",
        "forgetRoomWhole",
      ] as const
    ).map((name) => find<InRoom>(name)),
  };
}
