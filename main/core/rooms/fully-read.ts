import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { RoomQueries } from "../store/queries/rooms.ts";
import { compareEvents } from "../store/queries/timeline.ts";

/**
 * Up to where a room is read when it was read to `was` and somebody says `is`: `m.fully_read` goes forward only (servers
 * refuse to move it back). What the server says may be what we told it before we read on. Its word counts where the two
 * cannot be compared, as one of them is not here.
 */
export function fullyRead(
  queries: Pick<RoomQueries, "place">,
  roomId: RoomId,
  was: EventId | null,
  is: EventId | null,
): EventId | null {
  if (was === null || is === null) return is ?? was;
  return (compareEvents(queries, roomId, is, was) ?? 0) < 0 ? was : is;
}

/** We have read up to this event. Inside the caller's transaction. */
export function readFullyTo(
  queries: Pick<RoomQueries, "place" | "loadRoom" | "setFullyRead">,
  roomId: RoomId,
  eventId: EventId,
): void {
  const was = queries.loadRoom.get({ roomId })?.fullyReadEventId ?? null;
  const is = fullyRead(queries, roomId, was, eventId);
  if (is !== null && is !== was) queries.setFullyRead.run({ roomId, eventId: is });
}
