import { applyListChanges } from "../../../preload/contract/list-change.ts";
import type { RoomSummary } from "../../../preload/contract/models/room.ts";
import type { Core } from "../../core/api.ts";

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

/** Tells the counts now and whenever they change. Returns the function that ends it. */
export function watchUnread(core: Pick<Core, "topics">, onChange: (unread: Unread) => void): () => void {
  let told = "";
  const tell = (rooms: readonly RoomSummary[]): void => {
    const unread = countUnread(rooms);
    const text = JSON.stringify(unread);
    if (text === told) return;
    told = text;
    onChange(unread);
  };
  let rooms: readonly RoomSummary[] = [];
  const opened = core.topics.roomList(null, (change) => {
    rooms = applyListChanges(rooms, change);
    tell(rooms);
  });
  rooms = opened.snapshot;
  tell(rooms);
  return () => opened.stop();
}
