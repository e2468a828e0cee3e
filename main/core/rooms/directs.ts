import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { JsonObject } from "../event.ts";
import { failed, FailureError, ok, valueOf, type Failure, type Result } from "../failure.ts";
import { directQueries, type DueDirect } from "../store/queries/directs.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { buildDirectChat } from "./new-room.ts";

// m.direct: which rooms are chats with whom. One chat per person, used again; written when we begin one and when we
// take up an invitation to one. The account data is the server's: what we write is what it has, with our addition. What is
// to be written is kept until it is, over a kill: nobody else knows afterwards that the room was meant as a chat.

/** `notInvited`: why there is nobody else in it; it is not in m.direct then. */
export interface StartedChat {
  readonly roomId: RoomId;
  readonly notInvited: Failure | null;
}

export interface Directs {
  /**
   * The chat with this person: the one there is, the one they have invited us to, or a new one. Throws what the server
   * refuses, unless a room was left behind. `within`: that room; they are invited to it now.
   */
  start(userId: UserId, within?: RoomId): Promise<StartedChat>;
  /** The chat there is, or null. */
  find(userId: UserId): RoomId | null;
  /** Takes up the invitation of `userId` to a chat between two. */
  accept(roomId: RoomId, userId: UserId): Promise<Result<unknown>>;
  /** Writes what an error or a kill has kept from m.direct before. */
  catchUp(): Promise<void>;
  /** Touches the store no more. */
  stop(): void;
}

export interface DirectsDeps {
  readonly store: Store;
  readonly ownUserId: UserId;
  readonly joinRoom: (roomId: RoomId) => Promise<Result<unknown>>;
  /** With the failure to invite them where the room is there all the same. */
  readonly makeChat: (
    userId: UserId,
    body: JsonObject,
  ) => Promise<Result<{ readonly roomId: RoomId; readonly failure: Failure | null }>>;
  readonly invite: (roomId: RoomId, userId: UserId) => Promise<Result<void>>;
  readonly fetchDirect: () => Promise<Result<JsonObject>>;
  readonly putDirect: (content: JsonObject) => Promise<Result<void>>;
}

export function createDirects(deps: DirectsDeps): Directs {
  const { store, ownUserId } = deps;
  const rooms = roomQueries(store.cache);
  const due = directQueries(store.kept);
  let isStopped = false;
  let writing: Promise<Failure | null> = Promise.resolve(null);

  function find(userId: UserId): RoomId | null {
    const ids = [...roomsIn(storedDirect(), userId), ...dueFor(userId)];
    const usable = ids.flatMap((roomId) => {
      const row = rooms.loadRoom.get({ roomId });
      if (row?.membership !== "join" || row.replacementRoomId !== null) return [];
      // A chat the other one has left is one no longer.
      const other = rooms.loadMember.get({ roomId, userId });
      const isThere = other === undefined || other.membership === "join" || other.membership === "invite";
      return isThere || userId === ownUserId ? [row] : [];
    });
    return usable.sort((a, b) => b.lastActivityTs - a.lastActivityTs)[0]?.roomId ?? null;
  }

  const dueFor = (userId: UserId): RoomId[] =>
    due.all.all({ userId: ownUserId }).flatMap(({ roomId, withId }) => (withId === userId ? [roomId] : []));

  const put = (roomId: RoomId, withId: UserId, isJoined: 0 | 1): void =>
    void due.put.run({ userId: ownUserId, roomId, withId, isJoined });
  const drop = (roomId: RoomId): void => void due.remove.run({ userId: ownUserId, roomId });

  /** The rooms we are in. An invitation that went another way meanwhile is no chat. */
  function takenUp(): DueDirect[] {
    return due.all.all({ userId: ownUserId }).filter(({ roomId, isJoined }) => {
      const membership = rooms.loadRoom.get({ roomId })?.membership;
      if (isJoined === 0 && membership !== "join" && membership !== "invite") drop(roomId);
      return isJoined === 1 || membership === "join";
    });
  }

  function storedDirect(): JsonObject {
    const row = rooms.loadAccountData.get({ roomId: "", type: "m.direct" });
    return row === undefined ? {} : (JSON.parse(row.content) as JsonObject);
  }

  /** One after the other: each begins with what the one before has written. */
  function write(): Promise<Failure | null> {
    return (writing = writing.then(async () => {
      const mine = isStopped ? [] : takenUp();
      if (mine.length === 0) return null;
      const current = await deps.fetchDirect();
      if (!current.ok) return current.failure;
      const next = withChats(
        current.value,
        mine.map(({ roomId, withId }) => [roomId, withId]),
      );
      const told = next === null ? current : await deps.putDirect(next);
      if (!told.ok) return told.failure;
      if (!isStopped) for (const { roomId } of mine) drop(roomId);
      return null;
    }));
  }

  /** The chat they have invited us to, taken up; null where there is none, or it is not to be entered any more. */
  async function accepted(userId: UserId): Promise<RoomId | null> {
    const [invite] = rooms.directInvitesBy.all({ userId });
    if (invite === undefined) return null;
    const joined = await accept(invite.roomId, userId);
    if (!joined.ok && joined.failure.kind !== "rejected") throw new FailureError(joined.failure);
    return joined.ok ? invite.roomId : null;
  }

  async function accept(roomId: RoomId, userId: UserId): Promise<Result<unknown>> {
    // Before the server is asked: its answer may be the last that we are there to hear, or not come.
    put(roomId, userId, 0);
    const joined = await deps.joinRoom(roomId);
    if (isStopped) return joined;
    if (!joined.ok && joined.failure.kind === "rejected") drop(roomId);
    if (!joined.ok) return joined;
    put(roomId, userId, 1);
    await write();
    return joined;
  }

  const starting = new Map<UserId, Promise<StartedChat>>();
  async function begin(userId: UserId, within: RoomId | undefined): Promise<StartedChat> {
    if (within !== undefined) return begun(userId, within, await deps.invite(within, userId));
    const existing = find(userId) ?? (await accepted(userId));
    if (existing !== null) return { roomId: existing, notInvited: null };
    const { roomId, failure } = valueOf(await deps.makeChat(userId, buildDirectChat(userId)));
    return begun(userId, roomId, failure === null ? ok(undefined) : failed(failure));
  }

  async function begun(userId: UserId, roomId: RoomId, invited: Result<void>): Promise<StartedChat> {
    if (!invited.ok) return { roomId, notInvited: invited.failure };
    if (!isStopped) put(roomId, userId, 1);
    // The chat is there; that it is not written down yet is made good with the next sync.
    await write();
    return { roomId, notInvited: null };
  }

  return {
    find,
    start(userId, within) {
      // Two clicks are one chat.
      const running = starting.get(userId) ?? begin(userId, within).finally(() => starting.delete(userId));
      starting.set(userId, running);
      return running;
    },
    accept,
    async catchUp() {
      await write();
    },
    stop: () => void (isStopped = true),
  };
}

const roomsIn = (direct: JsonObject, userId: UserId): RoomId[] => {
  const list = Object.hasOwn(direct, userId) ? direct[userId] : undefined;
  return Array.isArray(list) ? list.filter((id): id is RoomId => typeof id === "string") : [];
};

/** m.direct with these chats in it; null where it has them all. What others wrote stays. Exported for its test. */
export function withChats(direct: JsonObject, chats: Iterable<readonly [RoomId, UserId]>): JsonObject | null {
  const next: Record<string, unknown> = { ...direct };
  let isChanged = false;
  for (const [roomId, userId] of chats) {
    const known = roomsIn(next, userId);
    if (known.includes(roomId)) continue;
    next[userId] = [...known, roomId];
    isChanged = true;
  }
  return isChanged ? next : null;
}
