import type { RoomSummary } from "./models/room.ts";

/** What waits in all rooms that are not muted. */
export interface Unread {
  readonly messages: number;
  /** Of those, the ones that name the user. Counted in muted rooms too. */
  readonly mentions: number;
}

export function countUnread(rooms: readonly RoomSummary[]): Unread {
  let messages = 0;
  let mentions = 0;
  for (const { unread, highlight, isMuted } of rooms) {
    if (!isMuted) messages += unread;
    mentions += highlight;
  }
  return { messages, mentions };
}
