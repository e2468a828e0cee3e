import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { MemberGroup } from "../../../preload/contract/models/room-details.ts";
import { fold } from "../fold.ts";
import type { Clock } from "../platform.ts";
import { memberQueries } from "../store/queries/members.ts";
import type { Store } from "../store/store.ts";

// What the members of one room are called, folded and in the order of their list, so that a key press in its search field
// finds among 50,000 at once. Kept for the list that was looked at last, and followed by every change of a member.

/** Names read in one step; key presses wait for it. */
const STEP = 1000;
/** Beyond so many changes since the last search it is quicker to read all names again. */
const MOST_CHANGES = 500;
/** So long after the last search the names are kept, ms. */
const KEPT_MS = 300_000;

export interface MemberNames {
  /** Whose name or id has the query in it, in the order of the list. */
  find(roomId: RoomId, group: MemberGroup, query: string): readonly UserId[];
  /** The list is shown: reads the names in short steps, for the search that may come. */
  expect(roomId: RoomId, group: MemberGroup): void;
  /** A member is another than before; null: any of them. Inside or outside of a transaction. */
  changed(roomId: RoomId, userId: UserId | null): void;
  stop(): void;
}

interface Named {
  readonly userId: UserId;
  /** By what the list is ordered, as the database does it. */
  readonly key: string;
  readonly folded: string;
}

interface Table {
  readonly roomId: RoomId;
  readonly group: MemberGroup;
  names: Named[];
  isWhole: boolean;
  readonly changed: Set<UserId>;
}

export function createMemberNames(deps: {
  readonly store: Store;
  readonly clock: Pick<Clock, "after" | "breath">;
}): MemberNames {
  const { store, clock } = deps;
  const queries = memberQueries(store.cache);
  let table: Table | null = null;
  let cancel = (): void => undefined;

  function tableOf(roomId: RoomId, group: MemberGroup): Table {
    cancel();
    cancel = clock.after(KEPT_MS, () => (table = null));
    if (table?.roomId !== roomId || table.group !== group)
      table = { roomId, group, names: [], isWhole: false, changed: new Set() };
    return table;
  }

  function step(into: Table): void {
    const { roomId, group, names } = into;
    const last = names.at(-1);
    const rows = queries.membersAfter.all({
      roomId,
      membership: group,
      key: last?.key ?? "",
      userId: last?.userId ?? "",
      count: STEP,
    });
    for (const row of rows) names.push(named(row));
    into.isWhole = rows.length < STEP;
  }

  async function readAll(into: Table): Promise<void> {
    while (!into.isWhole) {
      step(into);
      await clock.breath();
      if (table !== into || !store.cache.isOpen) return;
    }
  }

  function follow(into: Table): void {
    if (into.changed.size === 0) return;
    const { roomId, group } = into;
    into.names = into.names.filter(({ userId }) => !into.changed.has(userId));
    const rows = queries.memberNames.all({
      roomId,
      membership: group,
      users: JSON.stringify([...into.changed]),
    });
    for (const row of rows) into.names.splice(placeOf(into.names, row), 0, named(row));
    into.changed.clear();
  }

  return {
    find(roomId, group, query) {
      const wanted = fold(query).trim();
      const found = tableOf(roomId, group);
      while (!found.isWhole) step(found);
      follow(found);
      return found.names.flatMap(({ userId, folded }) => (folded.includes(wanted) ? userId : []));
    },
    expect(roomId, group) {
      const known = table;
      const expected = tableOf(roomId, group);
      if (expected !== known)
        void clock.breath().then(() => (table === expected ? readAll(expected) : undefined));
    },
    changed(roomId, userId) {
      if (table?.roomId !== roomId) return;
      if (userId === null || table.changed.size >= MOST_CHANGES) table = null;
      else table.changed.add(userId);
    },
    stop() {
      cancel();
      table = null;
    },
  };
}

interface Row {
  readonly userId: UserId;
  readonly key: string;
  readonly displayName: string | null;
}

const named = ({ userId, key, displayName }: Row): Named => ({
  userId,
  key,
  folded: `${fold(displayName ?? "")}\n${fold(userId)}`,
});

/** Where somebody stands in a list by key and id. */
function placeOf(names: readonly Named[], { key, userId }: Row): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = names[middle];
    const isBefore = other !== undefined && (other.key < key || (other.key === key && other.userId < userId));
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
