import type { RoomId } from "../../../preload/contract/ids.ts";
import type { AttentionEvent, AttentionQueries } from "../store/queries/attention.ts";

/** A room's newest unread events that notify, newest first, at most so many; their cost does not grow with how many there are. */
export function newestRows(
  q: Pick<AttentionQueries, "counts" | "rowsOfRoom" | "newestRowsOfRoom">,
  roomId: RoomId,
  limit: number,
): readonly AttentionEvent[] {
  const { unread = 0 } = q.counts.get({ roomId }) ?? {};
  // A few are put in order at once, wherever in the room they are; of many, those at its end are found without the others.
  return (unread > limit ? q.newestRowsOfRoom : q.rowsOfRoom).all({ roomId, limit });
}
