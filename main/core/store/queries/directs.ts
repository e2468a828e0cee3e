import type { RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./directs.sql?raw";

/** A chat with `withId` that is to be written into m.direct. */
export interface DueDirect {
  readonly roomId: RoomId;
  readonly withId: UserId;
  /** 0: an invitation we are taking up, and it is not known yet whether we are in. */
  readonly isJoined: 0 | 1;
}

interface OfUser {
  readonly userId: UserId;
}

/** Statements of directs.sql, on kept.db. */
export function directQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    put: find<DueDirect & OfUser>("putDirect"),
    all: find<OfUser, DueDirect>("directs"),
    remove: find<OfUser & { roomId: RoomId }>("deleteDirect"),
  };
}
