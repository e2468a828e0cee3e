import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, type JsonObject } from "../event.ts";
import { isUserId } from "../homeserver/login.ts";
import { ignoringQueries } from "../store/queries/ignoring.ts";
import { syncQueries } from "../store/queries/sync.ts";
import type { Store } from "../store/store.ts";

// What m.ignored_user_list means for what is stored (spec: Ignoring Users). The server sends nothing more of these people
// but state; what came before is hidden here and comes back when they are no longer ignored. What they said meanwhile was
// never sent, and no event tells where: the history of every room they may be in is read from the server again.

export const IGNORED_LIST = "m.ignored_user_list";
/** Longer lists are cut: each person is a look-up in every query. */
const MOST = 10_000;

export interface Ignoring {
  /** The list as it is now, inside the transaction that stores it. Returns the rooms whose row may have changed. */
  apply(content: JsonObject): readonly RoomId[];
  /** Whether what may be shown has changed since the last call; to be asked after the commit. */
  takeChange(): boolean;
  list(): readonly UserId[];
}

export function createIgnoring(deps: {
  readonly store: Pick<Store, "cache">;
  readonly ownUserId: UserId;
  /** Looks for the line that the list shows of a room among what may be shown now. */
  readonly renewPreview: (roomId: RoomId) => void;
  /** The room's history is to come from the server again, back from this token. */
  readonly readAgain: (roomId: RoomId, token: string | null) => void;
}): Ignoring {
  const q = ignoringQueries(deps.store.cache);
  const sync = syncQueries(deps.store.cache);
  let hasChanged = false;

  const list = (): readonly UserId[] => q.ignored.all({}).map(({ userId }) => userId);

  return {
    list,
    apply(content) {
      const before = new Set(list());
      const after = new Set(peopleIn(content, deps.ownUserId));
      const added = [...after].filter((userId) => !before.has(userId));
      const removed = [...before].filter((userId) => !after.has(userId));
      for (const userId of added) q.add.run({ userId });
      for (const userId of removed) q.remove.run({ userId });
      const changed = new Set(
        [...added, ...removed].flatMap((userId) => q.roomsOf.all({ userId }).map(({ roomId }) => roomId)),
      );
      // Before places go: the newest line is found by them.
      for (const roomId of changed) deps.renewPreview(roomId);
      const holes = removed.flatMap((userId) => q.roomsWithHoles.all({ userId }));
      const since = sync.load("next_batch");
      for (const roomId of new Set(holes.map((room) => room.roomId))) deps.readAgain(roomId, since);
      hasChanged ||= added.length + removed.length > 0;
      return [...changed];
    },
    takeChange() {
      const was = hasChanged;
      hasChanged = false;
      return was;
    },
  };
}

/** Nobody ignores themselves: nothing of ours would be left. */
function peopleIn(content: JsonObject, ownUserId: UserId): readonly UserId[] {
  const users = content["ignored_users"];
  if (!isObject(users)) return [];
  return Object.keys(users)
    .filter((id): id is UserId => isUserId(id) && id !== ownUserId)
    .slice(0, MOST);
}
