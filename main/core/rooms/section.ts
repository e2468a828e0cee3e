import type { OwnTag, RoomSection, RoomSummary } from "../../../preload/contract/models/room.ts";
import { isOwnTag, type RoomTag } from "./account-data.ts";

// Pure: where a room stands in the list.

const order: Readonly<Record<Exclude<RoomSection, OwnTag> | "own", number>> = {
  invites: 0,
  favourites: 1,
  own: 2,
  people: 3,
  rooms: 4,
  "low-priority": 5,
};

/** design.md: Invites, Favourites, sections of one's own, People, Rooms, Low priority. */
export function sectionOf(room: {
  readonly membership: string;
  readonly tags: readonly RoomTag[];
  readonly isDirect: boolean;
}): RoomSection {
  // What waits for an answer, ours or theirs.
  if (room.membership === "invite" || room.membership === "knock") return "invites";
  const names = room.tags.map(({ name }) => name);
  if (names.includes("m.favourite")) return "favourites";
  if (names.includes("m.lowpriority")) return "low-priority";
  // A room stands once in the list: under the first of its tags.
  const [own] = names.filter(isOwnTag).sort();
  return own ?? (room.isDirect ? "people" : "rooms");
}

/** The tag that puts a room into this section; null: none does. */
function tagOf(section: RoomSection): string | null {
  if (section === "favourites") return "m.favourite";
  if (section === "low-priority") return "m.lowpriority";
  return isOwn(section) ? section : null;
}

/** Where the tag that put the room into its section has put it there; null: nowhere (spec: Room Tagging, `order`). */
export const placeIn = (section: RoomSection, tags: readonly RoomTag[]): number | null =>
  tags.find(({ name }) => name === tagOf(section))?.order ?? null;

const isOwn = (section: RoomSection): section is OwnTag => section.startsWith("u.");
const rankOf = (section: RoomSection): number => order[isOwn(section) ? "own" : section];
const compare = <T extends number | string>(a: T, b: T): number => (a === b ? 0 : a < b ? -1 : 1);

/** Negative when `a` stands above `b`: by section, place, newest activity; the id makes the order total. */
export function compareRooms(a: RoomSummary, b: RoomSummary): number {
  return (
    rankOf(a.section) - rankOf(b.section) ||
    compare(a.section, b.section) ||
    // Rooms that have a place stand before those that have none.
    compare(a.place ?? Infinity, b.place ?? Infinity) ||
    b.lastActivityTs - a.lastActivityTs ||
    compare(a.roomId, b.roomId)
  );
}
