import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { changesOf, type Changes } from "../changes.ts";
import { stringOf, type JsonObject, type MatrixEvent } from "../event.ts";
import type { Clock } from "../platform.ts";
import type { Store } from "../store/store.ts";
import { syncQueries } from "../store/queries/sync.ts";
import type { RoomUpdate, StrippedRoom, SyncUpdate } from "./parse.ts";

// The apply step: one synchronous transaction per slice of rooms, `next_batch` in the last one only. A crash in
// between re-applies slices, which is harmless: events are keyed by id.

/** Rooms per transaction at most; 25 kept the longest slice under 17 ms (architecture.md, Appendix A). */
const ROOMS_PER_SLICE = 25;
/**
 * No further room in a slice that took this long, ms: key presses wait for it, and rooms of many events, slow disks and
 * collected garbage come on top.
 */
const SLICE_MS = 8;

/** What the features do with their part of a response; handed in by core.ts. All run inside the transaction. */
export interface SyncAppliers {
  /** State at the start of the timeline, before its events. */
  state(roomId: RoomId, event: MatrixEvent): void;
  /** Stores the chunk; calls `state` by itself for each stored state event, in order. */
  timeline(
    roomId: RoomId,
    chunk: { events: readonly MatrixEvent[]; isLimited: boolean; prevBatch: string | null },
  ): { added: readonly EventId[] };
  receipts(roomId: RoomId, content: JsonObject): void;
  /** `isPast`: the room was left before; what it brings is nothing that happens now. */
  room(
    update: RoomUpdate,
    membership: "join" | "leave",
    added: readonly MatrixEvent[],
    isPast: boolean,
  ): void;
  stripped(room: StrippedRoom, membership: "invite" | "knock"): void;
  accountData(type: string, content: JsonObject): readonly RoomId[];
  presence(events: SyncUpdate["presence"]): void;
  /** A whole response names every room we are in: all others are left. Returns the rooms that changed. */
  onlyRooms(present: ReadonlySet<RoomId>): readonly RoomId[];
}

/** After each commit, outside the transaction. */
export interface SyncAfter {
  /** Queue rows whose echo came, or whose gap opened, leave; then the topics hear of it. */
  committed(changes: Changes): void;
  typing(roomId: RoomId, content: JsonObject): void;
  progress(fraction: number): void;
  breath(): Promise<void>;
}

export interface SyncApplier {
  /**
   * Throws when the store refuses; then nothing of the current slice is kept and the token has not moved. `isWhole`:
   * the response to a sync from nothing.
   */
  apply(update: SyncUpdate, isWhole: boolean): Promise<void>;
  /** Rooms left long ago, asked for beside the stream of syncs: its token stays where it is. */
  applyPast(rooms: readonly RoomUpdate[]): Promise<void>;
}

export function createSyncApplier(deps: {
  readonly store: Store;
  readonly clock: Pick<Clock, "monotonic">;
  readonly ownUserId: UserId;
  readonly appliers: SyncAppliers;
  readonly after: SyncAfter;
}): SyncApplier {
  const { store, clock, ownUserId, appliers, after } = deps;
  const queries = syncQueries(store.cache);

  function applyRoom(
    update: RoomUpdate,
    membership: "join" | "leave",
    touched: Touched,
    isPast = false,
  ): void {
    const { roomId } = update;
    for (const event of update.state) appliers.state(roomId, event);
    const chunk = { events: update.timeline, isLimited: update.isLimited, prevBatch: update.prevBatch };
    const isAdded = new Set(appliers.timeline(roomId, chunk).added);
    for (const { type, content } of update.ephemeral)
      if (type === "m.receipt") appliers.receipts(roomId, content);
    appliers.room(
      update,
      membership,
      update.timeline.filter((event) => isAdded.has(event.eventId)),
      isPast,
    );
    touched.rooms.add(roomId);
    touched.timelines.add(roomId);
  }

  /** Applies rooms from the given one on, in one transaction, until it has to end. */
  function applySlice(update: SyncUpdate, rooms: readonly SliceRoom[], from: number, last: Last): Slice {
    const touched: Touched = { rooms: new Set(), timelines: new Set() };
    const begin = clock.monotonic();
    const isFull = (count: number): boolean =>
      count === ROOMS_PER_SLICE || (count > 0 && clock.monotonic() - begin > SLICE_MS);
    return store.cache.transaction(() => {
      if (from === 0) appliers.presence(update.presence);
      for (const { type, content } of from === 0 ? update.accountData : []) {
        for (const roomId of appliers.accountData(type, content)) touched.rooms.add(roomId);
      }
      let end = from;
      for (let room = rooms[end]; room !== undefined && !isFull(end - from); room = rooms[end]) {
        if ("update" in room) applyRoom(room.update, room.membership, touched);
        else {
          appliers.stripped(room.room, room.membership);
          touched.rooms.add(room.room.roomId);
        }
        end += 1;
      }
      if (end === rooms.length) finish(last, touched);
      return { touched, end };
    });
  }

  function finish({ present, nextBatch }: Last, touched: Touched): void {
    // We may have left rooms while no stream told us (ERR-05, THR-06).
    if (present !== null) for (const roomId of appliers.onlyRooms(present)) touched.rooms.add(roomId);
    queries.put("next_batch", nextBatch);
  }

  return {
    async applyPast(rooms) {
      for (let from = 0; from < rooms.length; from += ROOMS_PER_SLICE) {
        const touched: Touched = { rooms: new Set(), timelines: new Set() };
        store.cache.transaction(() => {
          for (const room of rooms.slice(from, from + ROOMS_PER_SLICE))
            applyRoom(room, "leave", touched, true);
        });
        after.committed(changesOf(touched));
        await after.breath();
      }
    },
    async apply(update, isWhole) {
      const rooms = inOrder(update, ownUserId);
      const last: Last = { nextBatch: update.nextBatch, present: isWhole ? presentIn(update) : null };
      for (let from = 0; ;) {
        const { touched, end } = applySlice(update, rooms, from, last);
        after.committed(changesOf(touched));
        publishTyping(rooms.slice(from, end), after);
        if (end === rooms.length) break;
        from = end;
        after.progress(from / rooms.length);
        await after.breath();
      }
    },
  };
}

/** What only the last slice may do. */
interface Last {
  readonly nextBatch: string;
  readonly present: ReadonlySet<RoomId> | null;
}

const presentIn = ({ joined, invited, knocked, left }: SyncUpdate): ReadonlySet<RoomId> =>
  new Set([...joined, ...invited, ...knocked, ...left].map(({ roomId }) => roomId));

interface Touched {
  readonly rooms: Set<RoomId>;
  readonly timelines: Set<RoomId>;
}

type SliceRoom =
  | { readonly membership: "join" | "leave"; readonly update: RoomUpdate }
  | { readonly membership: "invite" | "knock"; readonly room: StrippedRoom };

interface Slice {
  readonly touched: Touched;
  /** The room that is next. */
  readonly end: number;
}

/** Invites, then rooms with the newest first, so that a first sync shows what matters and the list only grows at its end. */
function inOrder(update: SyncUpdate, ownUserId: UserId): readonly SliceRoom[] {
  return [
    ...update.invited.map((room) => ({ membership: "invite", room }) as const),
    ...update.knocked.map((room) => ({ membership: "knock", room }) as const),
    ...[...update.joined]
      .sort((a, b) => newestTs(b) - newestTs(a))
      .map((room) => ({ membership: isLeftIn(room, ownUserId) ? "leave" : "join", update: room }) as const),
    ...update.left.map((room) => ({ membership: "leave", update: room }) as const),
  ];
}

/** Some servers still list a room under `join` in the very answer whose last word of us is that we are out. */
function isLeftIn({ state, timeline }: RoomUpdate, ownUserId: UserId): boolean {
  const isOwn = ({ type, stateKey }: MatrixEvent): boolean =>
    type === "m.room.member" && stateKey === ownUserId;
  const own = timeline.findLast(isOwn) ?? state.findLast(isOwn);
  return ["leave", "ban"].includes(stringOf(own?.content ?? {}, "membership") ?? "");
}

const newestTs = (room: RoomUpdate): number => room.timeline.at(-1)?.originServerTs ?? 0;

function publishTyping(rooms: readonly SliceRoom[], after: SyncAfter): void {
  for (const room of rooms) {
    if (room.membership !== "join") continue;
    for (const { type, content } of room.update.ephemeral) {
      if (type === "m.typing") after.typing(room.update.roomId, content);
    }
  }
}
