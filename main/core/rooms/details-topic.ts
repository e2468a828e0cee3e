import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomDetails } from "../../../preload/contract/models/room-details.ts";
import type { OpenTopic } from "../api.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { loadDetails } from "./room-details.ts";

type Emit = (details: RoomDetails | null) => void;

/** The details panel of open rooms. */
export interface DetailsTopic {
  open(roomId: RoomId, emit: Emit): OpenTopic<"roomDetails">;
  changed(roomIds: Iterable<RoomId>): void;
}

export function createDetailsTopic(deps: {
  readonly store: Store;
  readonly ownUserId: UserId;
  readonly knowledge: (roomId: RoomId) => RoomDetails["members"];
  readonly redactionsOf: (roomId: RoomId) => RoomDetails["redactions"];
}): DetailsTopic {
  const queries = { rooms: roomQueries(deps.store.cache), members: memberQueries(deps.store.cache) };
  const watchers = new Map<RoomId, Set<Emit>>();
  let revision = 0;

  const view = (roomId: RoomId): RoomDetails | null =>
    loadDetails(queries, roomId, deps.ownUserId, {
      members: deps.knowledge(roomId),
      membersRevision: revision,
      redactions: deps.redactionsOf(roomId),
    });

  return {
    open(roomId, emit) {
      const open = watchers.get(roomId) ?? new Set();
      watchers.set(roomId, open.add(emit));
      return {
        snapshot: view(roomId),
        stop() {
          open.delete(emit);
          if (open.size === 0) watchers.delete(roomId);
        },
      };
    },
    changed(roomIds) {
      for (const roomId of roomIds) {
        const open = watchers.get(roomId);
        if (open === undefined) continue;
        revision += 1;
        const next = view(roomId);
        for (const emit of open) emit(next);
      }
    },
  };
}
