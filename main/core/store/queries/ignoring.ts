import type { MxcUri, RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./ignoring.sql?raw";

interface OfPerson {
  readonly userId: UserId;
}
interface InRoom {
  readonly roomId: RoomId;
}

/** Statements on people who are ignored (cache.db). */
export function ignoringQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    ignored: find<Record<never, never>, OfPerson & { displayName: string | null; avatarMxc: MxcUri | null }>(
      "ignored",
    ),
    add: find<OfPerson>("add"),
    remove: find<OfPerson>("remove"),
    roomsOf: find<OfPerson, InRoom>("roomsOf"),
    roomsWithHoles: find<OfPerson, InRoom>("roomsWithHoles"),
    forgetSegments: find<InRoom>("forgetSegments"),
    forgetPlaces: find<InRoom>("forgetPlaces"),
  };
}
