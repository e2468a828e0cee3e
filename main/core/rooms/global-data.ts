import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, type JsonObject } from "../event.ts";
import type { RoomQueries } from "../store/queries/rooms.ts";
import { parseDirect, parseMuted } from "./account-data.ts";

/** What global account data says about a room that is new here. */
export interface GlobalFacts {
  readonly directUserId: UserId | null;
  readonly isMuted: boolean;
}

/**
 * m.direct and the push rules, parsed once and not once per room: a first sync brings thousands of rooms. `forget`
 * whenever either is written. Should that transaction be rolled back, the same response is asked for again and
 * forgets again.
 */
export function globalData(queries: RoomQueries) {
  let known: { direct: ReadonlyMap<RoomId, UserId>; muted: ReadonlySet<RoomId> } | null = null;
  const content = (type: string): JsonObject => {
    const row = queries.loadAccountData.get({ roomId: "", type });
    const value: unknown = row === undefined ? null : JSON.parse(row.content);
    return isObject(value) ? value : {};
  };
  return {
    ofRoom(roomId: RoomId): GlobalFacts {
      known ??= { direct: parseDirect(content("m.direct")), muted: parseMuted(content("m.push_rules")) };
      return { directUserId: known.direct.get(roomId) ?? null, isMuted: known.muted.has(roomId) };
    },
    forget(): void {
      known = null;
    },
  };
}
