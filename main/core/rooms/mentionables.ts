import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { MentionablePerson, MentionableRoom, Pill } from "../../../preload/contract/models/mentions.ts";
import type { RoomSummary } from "../../../preload/contract/models/room.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import type { Result } from "../failure.ts";
import { mxcPath } from "../mxc.ts";
import { mentionableQueries, type PersonRow } from "../store/queries/mentionables.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { nameOf } from "./name.ts";
import { AVATAR_THUMBNAIL } from "./summary.ts";

// Looking people and rooms up: for mentions while writing, and for what mentions in messages show. Answers come from
// the store; the server's list of members is fetched when somebody asks for more than a lazily loaded room knows.

const MOST = 20;

export interface MentionablesDeps {
  readonly store: Store;
  readonly ownUserId: UserId;
  readonly fetchMembers: (roomId: RoomId) => Promise<Result<readonly unknown[]>>;
  /** A member event of the server's list becomes current state; inside a transaction. */
  readonly applyMember: (roomId: RoomId, event: MatrixEvent) => void;
  /** Names of the room may be others now. */
  readonly onLearned: (roomId: RoomId) => void;
}

export interface Mentionables {
  find(asked: {
    readonly roomId: RoomId;
    readonly query: string;
    readonly isPatient: boolean;
  }): Promise<{ people: readonly MentionablePerson[]; isComplete: boolean }>;
  findRooms(query: string): readonly MentionableRoom[];
  describe(roomId: RoomId, ids: readonly string[]): readonly (Pill | null)[];
  /** Sync told of a member: newer than any list that is on its way. */
  heard(roomId: RoomId, event: MatrixEvent): void;
}

export function createMentionables(deps: MentionablesDeps): Mentionables {
  const { store, ownUserId } = deps;
  const queries = mentionableQueries(store.cache);
  const rooms = roomQueries(store.cache);
  /** Rooms whose list was fetched, with the newest segment then: after a gap it may have changed unseen. */
  const complete = new Map<RoomId, number | null>();
  const loading = new Map<RoomId, { readonly done: Promise<void>; readonly heard: Set<string> }>();

  const segmentOf = (roomId: RoomId): number | null => queries.newestSegment.get({ roomId })?.segment ?? null;

  function isComplete(roomId: RoomId): boolean {
    if (complete.has(roomId) && complete.get(roomId) === segmentOf(roomId)) return true;
    const room = rooms.loadRoom.get({ roomId });
    if (room === undefined || room.membership !== "join") return true;
    const known = queries.knownMembers.get({ roomId })?.count ?? 0;
    return known >= room.joinedCount + room.invitedCount;
  }

  function load(roomId: RoomId): Promise<void> {
    const running = loading.get(roomId);
    if (running !== undefined) return running.done;
    const heard = new Set<string>();
    const done = fetchInto(roomId, heard).finally(() => loading.delete(roomId));
    loading.set(roomId, { done, heard });
    return done;
  }

  async function fetchInto(roomId: RoomId, heard: ReadonlySet<string>): Promise<void> {
    const segment = segmentOf(roomId);
    const list = await deps.fetchMembers(roomId);
    // Without the list one finds those who are known; the next question tries again.
    if (!list.ok || !store.cache.isOpen) return;
    store.cache.transaction(() => {
      for (const raw of list.value) {
        const event = parseEvent(raw);
        if (event?.type !== "m.room.member" || event.stateKey === null || heard.has(event.stateKey)) continue;
        deps.applyMember(roomId, event);
      }
    });
    complete.set(roomId, segment);
    deps.onLearned(roomId);
  }

  function search(roomId: RoomId, query: string): readonly MentionablePerson[] {
    const prefix = `${escapeLike(query)}%`;
    const found = queries.peopleLike.all({ roomId, pattern: `%${prefix}`, prefix, limit: 200 });
    const rank = new Map(queries.recentSenders.all({ roomId }).map(({ userId }, at) => [userId, at]));
    const startsWith = (row: PersonRow): boolean => {
      const wanted = query.toLocaleLowerCase();
      const name = (row.displayName ?? "").toLocaleLowerCase();
      return name.startsWith(wanted) || row.userId.toLocaleLowerCase().startsWith(`@${wanted}`);
    };
    return found
      .map((row, at) => ({ row, at }))
      .sort((a, b) => {
        const begins = Number(startsWith(b.row)) - Number(startsWith(a.row));
        const recent = (rank.get(a.row.userId) ?? 999) - (rank.get(b.row.userId) ?? 999);
        return begins || recent || a.at - b.at;
      })
      .filter(({ row }) => row.userId !== ownUserId)
      .slice(0, MOST)
      .map(({ row }) => personOf(roomId, row));
  }

  function personOf(roomId: RoomId, row: PersonRow): MentionablePerson {
    const name = nameOf(row.displayName);
    const namesakes = name === null ? 0 : (queries.namesakes.get({ roomId, name })?.count ?? 0);
    return {
      userId: row.userId,
      name: name ?? row.userId,
      isAmbiguous: namesakes > 1,
      avatar: avatarOf(row.avatarMxc),
    };
  }

  function describeOne(roomId: RoomId, id: string): Pill | null {
    if (id.startsWith("@")) {
      const row = queries.person.get({ roomId, userId: id as UserId });
      if (row === undefined) return null;
      const { userId, name, avatar } = personOf(roomId, row);
      return { kind: "person", userId, name, avatar, isOwn: userId === ownUserId };
    }
    const target = id.startsWith("#") ? queries.roomByAlias.get({ alias: id })?.roomId : (id as RoomId);
    const row = target === undefined ? undefined : rooms.loadRoom.get({ roomId: target });
    if (row === undefined) return null;
    return {
      kind: "room",
      roomId: row.roomId,
      name: row.name ?? id,
      avatar: avatarOf(row.avatarMxc),
      membership: row.membership as RoomSummary["membership"],
    };
  }

  return {
    async find({ roomId, query, isPatient }) {
      if (!isComplete(roomId)) {
        const loaded = load(roomId);
        if (!isPatient) return { people: search(roomId, query), isComplete: false };
        await loaded;
      }
      return { people: search(roomId, query), isComplete: true };
    },
    findRooms(query) {
      const wanted = query.toLocaleLowerCase();
      const has = (text: string): boolean => text.toLocaleLowerCase().includes(wanted);
      const begins = (room: MentionableRoom): number =>
        Number(room.alias.toLocaleLowerCase().startsWith(`#${wanted}`));
      return queries.roomsWithAlias
        .all({})
        .map(({ roomId, name, alias, avatarMxc }) => ({
          roomId,
          alias,
          name: name ?? alias,
          avatar: avatarOf(avatarMxc),
        }))
        .filter(({ alias, name }) => isAlias(alias) && (has(alias) || has(name)))
        .sort((a, b) => begins(b) - begins(a))
        .slice(0, MOST);
    },
    describe: (roomId, ids) => ids.map((id) => describeOne(roomId, id)),
    heard(roomId, event) {
      if (event.type === "m.room.member" && event.stateKey !== null)
        loading.get(roomId)?.heard.add(event.stateKey);
    },
  };
}

const avatarOf = (mxc: PersonRow["avatarMxc"]): string | null =>
  mxc === null ? null : mxcPath(mxc, AVATAR_THUMBNAIL);

/** By the grammar of the appendices, loosely: something before the colon, something after it, no blanks. */
const isAlias = (alias: string): boolean => /^#[^\s:]+:\S+$/.test(alias) && alias.length <= 255;

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
