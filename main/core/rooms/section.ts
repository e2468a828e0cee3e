import type { RoomSection, RoomSummary } from "../../../preload/contract/models/room.ts";

// Pure: where a room stands in the list.

const order: Readonly<Record<RoomSection, number>> = {
  invites: 0,
  favourites: 1,
  people: 2,
  rooms: 3,
  "low-priority": 4,
};

/** design.md: Invites, Favourites, People, Rooms, Low priority. */
export function sectionOf(room: {
  readonly membership: string;
  readonly tags: readonly string[];
  readonly isDirect: boolean;
}): RoomSection {
  // What waits for an answer, ours or theirs.
  if (room.membership === "invite" || room.membership === "knock") return "invites";
  if (room.tags.includes("m.favourite")) return "favourites";
  if (room.tags.includes("m.lowpriority")) return "low-priority";
  return room.isDirect ? "people" : "rooms";
}

/** Negative when `a` stands above `b`: by section, then newest activity first; the id makes the order total. */
export function compareRooms(a: RoomSummary, b: RoomSummary): number {
  return (
    order[a.section] - order[b.section] ||
    b.lastActivityTs - a.lastActivityTs ||
    (a.roomId < b.roomId ? -1 : a.roomId > b.roomId ? 1 : 0)
  );
}
