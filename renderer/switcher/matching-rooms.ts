import type { RoomSummary } from "../../preload/contract/models/room.ts";
import { foldName } from "../text/fold-name.ts";
import { fuzzyScore } from "./fuzzy.ts";

/** The rooms whose name fits what was typed, the better fit first; among equals, and for nothing typed, the most recent. */
export function matchingRooms(rooms: readonly RoomSummary[], query: string): readonly RoomSummary[] {
  const folded = foldName(query.trim());
  const scored = rooms.flatMap((room) => {
    const score = fuzzyScore(foldName(room.name), folded);
    return score === null ? [] : [{ room, score }];
  });
  scored.sort((a, b) => b.score - a.score || b.room.lastActivityTs - a.room.lastActivityTs);
  return scored.map(({ room }) => room);
}
