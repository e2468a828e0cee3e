import type { EventId, RoomId, TransactionId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./pins.sql?raw";

/** A message to be pinned, or to be taken down. */
export interface PinRow {
  /** The order in which it was decided. */
  readonly seq: number;
  readonly roomId: RoomId;
  /** Null while the message is not sent. */
  readonly eventId: EventId | null;
  readonly transactionId: TransactionId | null;
  readonly isPinned: number;
}

/** Statements of pins.sql, on kept.db. */
export function pinQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    insertPin: find<Omit<PinRow, "seq"> & { userId: UserId }>("insertPin"),
    pins: find<{ userId: UserId }, PinRow>("pins"),
    namePin: find<{ seq: number; eventId: EventId }>("namePin"),
    deletePin: find<{ seq: number }>("deletePin"),
  };
}
