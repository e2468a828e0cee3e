import type { EventId, RoomId, TransactionId, UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./wishes.sql?raw";

/** What the user wants of a room, as stored. Both values are JSON. */
export interface WishRow {
  readonly roomId: RoomId;
  readonly key: string;
  readonly value: string;
  readonly before: string;
}

/** One message to be deleted. */
export interface DueRedactionRow {
  readonly roomId: RoomId;
  readonly senderId: UserId;
  readonly eventId: EventId;
  readonly transactionId: TransactionId;
  readonly reason: string;
}

interface Of {
  readonly userId: UserId;
}
interface InRoom extends Of {
  readonly roomId: RoomId;
}
interface OfSender extends InRoom {
  readonly senderId: UserId;
}

/** Statements of wishes.sql, on kept.db. */
export function wishQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    saveWish: find<Of & WishRow>("saveWish"),
    wishes: find<Of, WishRow>("wishes"),
    wishesOfRoom: find<InRoom, WishRow>("wishesOfRoom"),
    deleteWish: find<InRoom & Pick<WishRow, "key" | "value">>("deleteWish"),
    saveMassRedaction: find<OfSender & { reason: string; total: number }>("saveMassRedaction"),
    massRedactions: find<InRoom, { senderId: UserId; total: number; refused: number; remaining: number }>(
      "massRedactions",
    ),
    saveDueRedaction: find<OfSender & { eventId: EventId; transactionId: TransactionId }>("saveDueRedaction"),
    dueRedactions: find<Of, DueRedactionRow>("dueRedactions"),
    deleteDueRedaction: find<OfSender & { eventId: EventId }>("deleteDueRedaction"),
    countRefused: find<OfSender>("countRefused"),
    cancelDueRedactions: find<OfSender>("cancelDueRedactions"),
    shortenMassRedaction: find<OfSender & { fewer: number }>("shortenMassRedaction"),
  };
}
