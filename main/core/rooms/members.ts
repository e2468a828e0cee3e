import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type {
  Member,
  MemberGroup,
  MembersPage,
  RoomDetails,
} from "../../../preload/contract/models/room-details.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import { toFailure, type Failure, type Result } from "../failure.ts";
import { mxcPath } from "../mxc.ts";
import type { Clock } from "../platform.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries, type MemberRow } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import type { MemberNames } from "./member-names.ts";
import { isAbove, leveledPeople, numeric } from "./rights.ts";
import { loadPower } from "./room-details.ts";
import { AVATAR_THUMBNAIL } from "./summary.ts";

// The members list. Sync tells only of those who speak (lazy loading); the first look asks for all of them, once per
// stretch of history without holes: sync tells of everybody who comes and goes after that.

/** Members of one page. */
export const PAGE = 100;
/** Member events put in per transaction; key presses wait for it. */
const SLICE = 250;

interface Asked {
  readonly roomId: RoomId;
  readonly group: MemberGroup;
  readonly query: string;
  readonly from: number;
}
interface Stretch {
  /** Of the whole list. */
  readonly total: number;
  readonly rows: readonly MemberRow[];
}

export interface Members {
  page(asked: Asked): MembersPage;
  knowledge(roomId: RoomId): RoomDetails["members"];
  /** Sync has told of somebody: what was asked before may be older. */
  note(roomId: RoomId, userId: UserId): void;
  /** Resolves when nothing is being loaded any more. */
  stop(): Promise<void>;
}

export interface MembersDeps {
  readonly store: Store;
  readonly clock: Pick<Clock, "breath">;
  readonly ownUserId: UserId;
  readonly fetchMembers: (roomId: RoomId) => Promise<Result<readonly unknown[]>>;
  readonly applyStateEvent: (roomId: RoomId, event: MatrixEvent) => void;
  readonly changed: (roomId: RoomId) => void;
  readonly names: MemberNames;
}

interface Loading {
  /** Told by sync since we asked. */
  readonly newer: Set<UserId>;
  readonly done: Promise<void>;
}

export function createMembers(deps: MembersDeps): Members {
  const { store, ownUserId } = deps;
  const rooms = roomQueries(store.cache);
  const queries = memberQueries(store.cache);
  const loading = new Map<RoomId, Loading>();
  const failures = new Map<RoomId, Failure>();
  let isStopped = false;

  function isWhole(roomId: RoomId): boolean {
    const since = queries.wholeSince.get({ roomId });
    return since !== undefined && since.segment === (queries.newestSegment.get({ roomId })?.segment ?? 0);
  }

  function load(roomId: RoomId): void {
    if (isStopped || loading.has(roomId) || isWhole(roomId)) return;
    if (rooms.loadRoom.get({ roomId })?.membership !== "join") return;
    const newer = new Set<UserId>();
    failures.delete(roomId);
    const done = fetchAll(roomId, newer).finally(() => {
      loading.delete(roomId);
      if (!isStopped) deps.changed(roomId);
    });
    loading.set(roomId, { newer, done });
    deps.changed(roomId);
  }

  async function fetchAll(roomId: RoomId, newer: ReadonlySet<UserId>): Promise<void> {
    const { segment } = queries.newestSegment.get({ roomId }) ?? { segment: 0 };
    const result = await deps.fetchMembers(roomId);
    if (!result.ok) return void failures.set(roomId, result.failure);
    try {
      await apply(roomId, segment, result.value, newer);
    } catch (error) {
      failures.set(roomId, toFailure(error));
    }
  }

  async function apply(
    roomId: RoomId,
    segment: number,
    raw: readonly unknown[],
    newer: ReadonlySet<UserId>,
  ): Promise<void> {
    // Those who are not in the answer went while nobody told; whom sync told of meanwhile is as sync says.
    const named = new Set<string>();
    for (let from = 0; from < raw.length && !isStopped; from += SLICE) {
      store.cache.transaction(() => {
        for (const value of raw.slice(from, from + SLICE)) {
          const event = parseEvent(value);
          if (event?.type !== "m.room.member" || event.stateKey === null) continue;
          named.add(event.stateKey);
          if (!newer.has(event.stateKey as UserId)) deps.applyStateEvent(roomId, event);
        }
      });
      await deps.clock.breath();
    }
    if (isStopped) return;
    store.cache.transaction(() => {
      const known = JSON.stringify([...named, ...newer, ownUserId]);
      if (queries.markGone.run({ roomId, known }) > 0) deps.names.changed(roomId, null);
      queries.setWhole.run({ roomId, segment });
    });
  }

  /** Of everybody: in the order of the index, those above the rest first. */
  function stretchOfAll({ roomId, group, from }: Asked, above: readonly UserId[]): Stretch {
    deps.names.expect(roomId, group);
    const first = rowsOf(roomId, group, above);
    const head = first.slice(from, from + PAGE);
    const inGroup = { roomId, membership: group };
    const tail = queries.membersPage.all({
      ...inGroup,
      privileged: JSON.stringify(above),
      count: PAGE - head.length,
      start: Math.max(0, from - first.length),
    });
    return { total: queries.memberCount.get(inGroup)?.count ?? 0, rows: [...head, ...tail] };
  }

  /** Of those who are called so, in the same order. */
  function stretchOfFound({ roomId, group, query, from }: Asked, above: readonly UserId[]): Stretch {
    const found = new Set(deps.names.find(roomId, group, query));
    const first = above.filter((userId) => found.has(userId));
    const inOrder = new Set([...first, ...found]);
    return {
      total: found.size,
      rows: rowsOf(roomId, group, [...inOrder].slice(from, from + PAGE)),
    };
  }

  /** In the order in which they are named; whoever is not in the group is left out. */
  function rowsOf(roomId: RoomId, group: MemberGroup, userIds: readonly UserId[]): readonly MemberRow[] {
    const rows = queries.membersAmong.all({ roomId, membership: group, users: JSON.stringify(userIds) });
    const byId = new Map(rows.map((row) => [row.userId, row]));
    return userIds.flatMap((userId) => byId.get(userId) ?? []);
  }

  function page(asked: Asked): MembersPage {
    const { roomId } = asked;
    load(roomId);
    const power = loadPower(rooms, roomId);
    const { rights } = power;
    const above = leveledPeople(rights, power.levels, power.create, power.creator).filter(
      (userId) => numeric(rights.level(userId)) > rights.usersDefault,
    );
    const { total, rows } =
      asked.query.trim() === "" ? stretchOfAll(asked, above) : stretchOfFound(asked, above);
    const own = rights.level(ownUserId);
    const isIn = rooms.loadRoom.get({ roomId })?.membership === "join";
    return {
      total,
      members: rows.map((row): Member => {
        const level = rights.level(row.userId);
        const isOther = isIn && row.userId !== ownUserId && isAbove(own, level);
        return {
          ...shown(row),
          level,
          isOwn: row.userId === ownUserId,
          mayKick: isOther && numeric(own) >= rights.neededForAction("kick"),
          mayBan: isOther && numeric(own) >= rights.neededForAction("ban"),
        };
      }),
    };
  }

  return {
    page,
    knowledge(roomId) {
      if (loading.has(roomId)) return "loading";
      const failure = failures.get(roomId);
      if (failure !== undefined) return { failed: failure };
      return isWhole(roomId) ? "whole" : "partial";
    },
    note: (roomId, userId) => void loading.get(roomId)?.newer.add(userId),
    async stop() {
      isStopped = true;
      deps.names.stop();
      await Promise.all([...loading.values()].map(({ done }) => done));
    },
  };
}

const shown = ({ userId, displayName, avatarMxc }: MemberRow) => ({
  userId,
  displayName,
  avatar: avatarMxc === null ? null : mxcPath(avatarMxc, AVATAR_THUMBNAIL),
});
