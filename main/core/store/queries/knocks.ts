import type { RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./knocks.sql?raw";

/** A request to join, as stored. */
export interface KnockRow {
  readonly roomId: RoomId;
  /** JSON Failure, or null. */
  readonly refusal: string | null;
}

interface OfRoom {
  readonly userId: UserId;
  readonly roomId: RoomId;
}

/** Statements of knocks.sql, on kept.db. */
export function knockQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    saveKnock: find<OfRoom>("saveKnock"),
    knocks: find<{ readonly userId: UserId }, KnockRow>("knocks"),
    refuseKnock: find<OfRoom & { readonly refusal: string }>("refuseKnock"),
    deleteKnock: find<OfRoom>("deleteKnock"),
  };
}
