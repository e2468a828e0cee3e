import type { RoomId, UserId } from "../../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../../preload/contract/models/message-content.ts";
import type { Database } from "../database.ts";
import sql from "./thread-names.sql?raw";

/** Under which names what is written in the thread of this root may be stored; the first is the one to be written. */
export function threadNames(kept: Database) {
  const names = kept.statements(sql)<
    MessageTarget & { readonly userId: UserId; readonly roomId: RoomId },
    { readonly id: string }
  >("threadNames");
  return (userId: UserId, roomId: RoomId, { eventId, transactionId }: MessageTarget): readonly string[] => {
    const first = eventId ?? transactionId;
    const all = names.all({ userId, roomId, eventId, transactionId }).map(({ id }) => id);
    return first === null ? [] : [...new Set([first, ...all])];
  };
}
