import type { RoomId } from "../../preload/contract/ids.ts";
import type { PlaceMemory } from "./navigation.svelte.ts";

const key = "dunlin.room";

/** In the page's own storage: losing it costs one click, so it is no setting of the core's. */
export const localPlaceMemory: PlaceMemory = {
  load: () => localStorage.getItem(key) as RoomId | null,
  save(roomId) {
    if (roomId === null) localStorage.removeItem(key);
    else localStorage.setItem(key, roomId);
  },
};
