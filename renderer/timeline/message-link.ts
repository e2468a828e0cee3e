import type { EventId, RoomId } from "../../preload/contract/ids.ts";

/** The address of a message that every Matrix client opens (spec: matrix.to navigation). */
export function messageLink(roomId: RoomId, eventId: EventId): string {
  // The server that made the room is the likeliest to know it.
  const colon = roomId.indexOf(":");
  const via = colon < 0 ? "" : `?via=${encodeURIComponent(roomId.slice(colon + 1))}`;
  return `https://matrix.to/#/${encodeURIComponent(roomId)}/${encodeURIComponent(eventId)}${via}`;
}
