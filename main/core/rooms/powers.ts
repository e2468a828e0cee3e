import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { roomQueries, type RoomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { contentOf, numeric, rightsOf } from "./rights.ts";
import { stateContent } from "./row.ts";

/** Who may do what, by the state we have; the server has the last word. */
export interface Powers {
  readonly mayRedact: (roomId: RoomId, userId: UserId) => boolean;
  readonly mayNotifyRoom: (roomId: RoomId, userId: UserId) => boolean;
}

export function createPowers(store: Store): Powers {
  const queries = roomQueries(store.cache);
  return {
    mayRedact: (roomId, userId) => isAllowed(queries, roomId, userId, "redact"),
    mayNotifyRoom: (roomId, userId) => isAllowed(queries, roomId, userId, "room"),
  };
}

/** By power levels, or because the room is of a version whose creators stand above them. */
export function isAllowed(
  queries: RoomQueries,
  roomId: RoomId,
  userId: UserId,
  action: "redact" | "room",
): boolean {
  const create = queries.loadState.get({ roomId, type: "m.room.create", stateKey: "" });
  const levels = stateContent(queries, roomId, "m.room.power_levels");
  const rights = rightsOf(levels, contentOf(create), create?.sender ?? null);
  const needed = action === "room" ? rights.neededToNotify("room") : rights.neededForAction("redact");
  return numeric(rights.level(userId)) >= needed;
}
