import type { MxcUri, RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./mentionables.sql?raw";

/** Somebody as a room's member list has them. */
export interface PersonRow {
  readonly userId: UserId;
  readonly displayName: string | null;
  readonly avatarMxc: MxcUri | null;
}

/** A room that has an address. */
export interface AliasedRoomRow {
  readonly roomId: RoomId;
  readonly name: string | null;
  readonly avatarMxc: MxcUri | null;
  readonly alias: string;
}

interface InRoom {
  readonly roomId: RoomId;
}

/** Statements that look people and rooms up by name (cache.db). */
export function mentionableQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    peopleLike: find<InRoom & { pattern: string; prefix: string; limit: number }, PersonRow>("peopleLike"),
    recentSenders: find<InRoom, { userId: UserId }>("recentSenders"),
    person: find<InRoom & { userId: UserId }, PersonRow>("person"),
    namesakes: find<InRoom & { name: string }, { count: number }>("namesakes"),
    knownMembers: find<InRoom, { count: number }>("knownMembers"),
    newestSegment: find<InRoom, { segment: number | null }>("newestSegment"),
    roomsWithAlias: find<Record<never, never>, AliasedRoomRow>("roomsWithAlias"),
    roomByAlias: find<{ alias: string }, InRoom>("roomByAlias"),
  };
}
