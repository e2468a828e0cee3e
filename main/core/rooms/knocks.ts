import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { stringOf, type MatrixEvent } from "../event.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { oneLine } from "../text.ts";

// What becomes of a request to join (spec: Knocking): an invitation is its yes, and we go in, as was asked for; being put
// out by somebody is its no, and the user is told. A no of our own is none.

/** Somebody would not let us in. */
export interface Declined {
  readonly roomId: RoomId;
  readonly name: string | null;
  readonly reason: string | null;
}

export interface KnocksDeps {
  readonly store: Pick<Store, "cache">;
  readonly ownUserId: UserId;
  /** Takes up the invitation. Never throws: one that fails stays an invitation. */
  readonly join: (roomId: RoomId) => void;
  readonly onDeclined: (declined: Declined) => void;
}

export interface Knocks {
  /** An event of the room, before its row follows; within the transaction. */
  note(roomId: RoomId, event: MatrixEvent): void;
  /** After each commit. */
  changed(roomIds: Iterable<RoomId>): void;
}

export function createKnocks({ store, ownUserId, join, onDeclined }: KnocksDeps): Knocks {
  const rooms = roomQueries(store.cache);
  const waiting = new Set(
    memberQueries(store.cache)
      .knocks.all({})
      .map(({ roomId }) => roomId),
  );
  const refusals = new Map<RoomId, string | null>();

  return {
    note(roomId, event) {
      if (event.type !== "m.room.member" || event.stateKey !== ownUserId || !waiting.has(roomId)) return;
      const membership = event.content["membership"];
      if (event.sender !== ownUserId && (membership === "leave" || membership === "ban"))
        refusals.set(roomId, stringOf(event.content, "reason"));
    },
    changed(roomIds) {
      for (const roomId of roomIds) {
        const row = rooms.loadRoom.get({ roomId });
        if (row?.membership === "knock") waiting.add(roomId);
        else if (waiting.delete(roomId)) {
          if (row?.membership === "invite") join(roomId);
          const reason = refusals.get(roomId);
          if (reason !== undefined)
            onDeclined({
              roomId,
              name: row?.name ?? null,
              reason: reason === null ? null : oneLine(reason, 500),
            });
          refusals.delete(roomId);
        }
      }
    },
  };
}
