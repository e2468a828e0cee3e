import type { RoomId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./packs.sql?raw";

/** Statements of packs.sql, on cache.db. */
export function packQueries(cache: Database) {
  const find = cache.statements(sql);
  return {
    stateOfType: find<{ roomId: RoomId; type: string; limit: number }, { stateKey: string; content: string }>(
      "stateOfType",
    ),
    roomFacts: find<{ roomId: RoomId }, { membership: string; name: string | null }>("roomFacts"),
  };
}
