import type { CallId, RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./calls.sql?raw";

export interface CallRow {
  readonly callId: CallId;
  readonly roomId: RoomId;
  readonly partyId: string;
  readonly version: number;
  /** Ms since the epoch. */
  readonly since: number;
}

/** Statements on the calls that are under way (kept.db). */
export function callQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    put: find<CallRow & { userId: UserId }>("putCall"),
    remove: find<{ userId: UserId; callId: CallId }>("removeCall"),
    load: find<{ userId: UserId }, CallRow>("loadCalls"),
  };
}
