import type { RoomSummary } from "../../preload/contract/models/room.ts";
import { foldName } from "../text/fold-name.ts";

// Folding the same 10,000 names at every key press would be felt: each summary object is folded once.
const folded = new WeakMap<RoomSummary, string>();

function foldedName(room: RoomSummary): string {
  let name = folded.get(room);
  if (name === undefined) {
    name = foldName(room.name);
    folded.set(room, name);
  }
  return name;
}

/**
 * Rooms whose name has every word of the query: first those that begin with it, then those with a word that does,
 * then the rest; within each the order of the list.
 */
export function filterRooms(rooms: readonly RoomSummary[], query: string): readonly RoomSummary[] {
  const words = foldName(query).split(/\s+/).filter(Boolean);
  const first = words[0];
  if (first === undefined) return rooms;
  const ranked: RoomSummary[][] = [[], [], []];
  for (const room of rooms) {
    const name = foldedName(room);
    if (!words.every((word) => name.includes(word))) continue;
    const at = name.indexOf(first);
    const rank = at === 0 ? 0 : hasWordStart(name, first) ? 1 : 2;
    ranked[rank]?.push(room);
  }
  return ranked.flat();
}

function hasWordStart(name: string, start: string): boolean {
  for (let at = name.indexOf(start); at !== -1; at = name.indexOf(start, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name.charAt(at - 1))) return true;
  }
  return false;
}
