import type { CallId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { ListChange } from "../../../preload/contract/list-change.ts";
import type { RoomSummary } from "../../../preload/contract/models/room.ts";
import type { OpenTopic } from "../api.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries, type RoomRow } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { compareRooms } from "./section.ts";
import { buildSummary } from "./summary.ts";

export interface RoomListDeps {
  readonly store: Store;
  readonly unsentCount: (roomId: RoomId) => number;
  /** Rings or goes on here at this moment. */
  readonly isLiveCall: (callId: CallId) => boolean;
}

type Emit = (changes: readonly ListChange<RoomSummary>[]) => void;

/** The sorted list, kept in memory while somebody watches or a sync runs; one row is loaded per touched room. */
export interface RoomList {
  open(emit: Emit): OpenTopic<"roomList">;
  /** Loads the touched rooms again and tells the watchers what moved. */
  changed(roomIds: ReadonlySet<RoomId>): void;
  /**
   * Between `hold` and `release` changes are gathered: while a catch-up of many rooms is applied in slices, rows keep
   * their places and move once.
   */
  hold(): void;
  release(): void;
}

export function createRoomList(deps: RoomListDeps): RoomList {
  const queries = roomQueries(deps.store.cache);
  const members = memberQueries(deps.store.cache);
  const watchers = new Set<Emit>();
  const held = new Set<RoomId>();
  let isHeld = false;
  let list: RoomSummary[] | null = null;

  const summary = (row: RoomRow): RoomSummary =>
    buildSummary(row, { unsent: deps.unsentCount(row.roomId), isLiveCall: deps.isLiveCall });
  const load = (): RoomSummary[] =>
    (list ??= queries.loadListedRooms.all({}).map(summary).sort(compareRooms));

  /** Invitations by people who are ignored are not to be seen (spec: Ignoring Users). */
  const isByIgnored = (userId: UserId | null): boolean =>
    userId !== null && queries.isIgnored.get({ userId }) !== undefined;

  /** A space one is in stands in the rail; an invitation to one is answered like any other. */
  const isListed = ({ roomId, membership, inviterId }: RoomRow): boolean =>
    (membership === "invite" && !isByIgnored(inviterId)) ||
    membership === "knock" ||
    (membership === "join" && members.isSpace.get({ roomId }) === undefined);

  function update(roomIds: Iterable<RoomId>): void {
    if (list === null) return;
    const changes: ListChange<RoomSummary>[] = [];
    for (const roomId of roomIds) {
      const row = queries.loadRoom.get({ roomId });
      changes.push(...place(list, roomId, row !== undefined && isListed(row) ? summary(row) : null));
    }
    if (changes.length > 0) for (const emit of watchers) emit(changes);
  }

  return {
    open(emit) {
      const snapshot = load().slice();
      watchers.add(emit);
      return { snapshot, stop: () => watchers.delete(emit) };
    },
    changed(roomIds) {
      if (isHeld) for (const roomId of roomIds) held.add(roomId);
      else update(roomIds);
    },
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
      const gathered = [...held];
      held.clear();
      update(gathered);
    },
  };
}

/** Puts one room where it belongs in the sorted list (which it changes) and says how. Exported for its test. */
export function place(
  list: RoomSummary[],
  roomId: RoomId,
  next: RoomSummary | null,
): ListChange<RoomSummary>[] {
  const from = list.findIndex((room) => room.roomId === roomId);
  const old = from < 0 ? null : list[from];
  if (next === null) {
    if (from < 0) return [];
    list.splice(from, 1);
    return [{ op: "remove", at: from, count: 1 }];
  }
  if (old !== null && old !== undefined) {
    if (JSON.stringify(old) === JSON.stringify(next)) return [];
    if (compareRooms(old, next) === 0 || staysBetween(list, from, next)) {
      list[from] = next;
      return [{ op: "replace", at: from, item: next }];
    }
    list.splice(from, 1);
  }
  const at = lowerBound(list, next);
  list.splice(at, 0, next);
  const insert: ListChange<RoomSummary> = { op: "insert", at, items: [next] };
  return from < 0 ? [insert] : [{ op: "remove", at: from, count: 1 }, insert];
}

function staysBetween(list: readonly RoomSummary[], at: number, next: RoomSummary): boolean {
  const above = list[at - 1];
  const below = list[at + 1];
  return (
    (above === undefined || compareRooms(above, next) <= 0) &&
    (below === undefined || compareRooms(next, below) <= 0)
  );
}

/** The first position whose room does not stand above `room`. */
function lowerBound(list: readonly RoomSummary[], room: RoomSummary): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = list[middle];
    if (candidate !== undefined && compareRooms(candidate, room) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
