import type { RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./exports.sql?raw";

interface OfUser {
  readonly userId: UserId;
}
interface RoomRow {
  readonly number: number;
  readonly roomId: RoomId;
  readonly written: string | null;
}

/** Statements on the archive under way (kept.db). */
export function exportQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    job: find<OfUser, { job: string }>("job"),
    putJob: find<OfUser & { job: string }>("putJob"),
    removeJob: find<OfUser>("removeJob"),
    addRoom: find<OfUser & { number: number; roomId: RoomId }>("addRoom"),
    room: find<OfUser & { number: number }, RoomRow>("room"),
    rooms: find<OfUser, RoomRow>("rooms"),
    setWritten: find<OfUser & { number: number; written: string }>("setWritten"),
    forgetWritten: find<OfUser>("forgetWritten"),
    removeRooms: find<OfUser>("removeRooms"),
  };
}
