import type { EventId, MxcUri, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomNotifications } from "../../../preload/contract/models/attention.ts";
import type { OwnTag } from "../../../preload/contract/models/room.ts";
import type { Failure, Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import type { StickerWish } from "../sticker-wish.ts";
import { wishQueries, type WishRow } from "../store/queries/wishes.ts";
import type { Store } from "../store/store.ts";
import { createAskers } from "./askers.ts";
import { createPutLoop } from "./put-loop.ts";

// How the user wants a room to be: its tag, the mark that it is unread, its notifications; and what is wanted of no room,
// the pictures of our own pack. It is so here at once and written down; the server hears of it when it can, of each key
// the latest only.

/** What can be wished of a room. */
export interface RoomWishes {
  readonly tag: "m.favourite" | "m.lowpriority" | null;
  /** An event: from there on. */
  readonly "marked-unread": boolean | EventId;
  readonly level: RoomNotifications;
  /** A tag of one's own: it has it or not. */
  readonly [ownTag: OwnTag]: boolean;
  /** A picture in our own pack of stickers; of no room. */
  readonly [sticker: StickerKey]: StickerWish;
}
export type WishKey = keyof RoomWishes;

export type StickerKey = `sticker ${MxcUri}`;
/** The room of what is wished of no room. */
export const NO_ROOM = "" as RoomId;
const STICKER = "sticker ";
export const isStickerKey = (key: string): key is StickerKey => key.startsWith(STICKER);

/** One wish the server does not have yet. */
export type Wish = {
  readonly [Key in WishKey]: { readonly roomId: RoomId; readonly key: Key; readonly value: RoomWishes[Key] };
}[WishKey];

export interface WishesDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Pick<Store, "kept">;
  readonly session: () => { readonly userId: UserId } | null;
  /** Makes it so on the server. Doing it twice is doing it once. */
  readonly put: (wish: Wish, signal: AbortSignal) => Promise<Result<unknown>>;
  /** The server will not have it: it is again as `before` says, unless something newer is wished. */
  readonly onRefused: (wish: Wish, before: unknown, failure: Failure) => void;
}

export interface Wishes {
  /**
   * Durable when it returns. `before`: JSON of what stood before, for the case of a refusal. Resolves with the refusal
   * when the server says no now, and with null when it has it, or will only hear of it later.
   */
  wish(wish: Wish, before: unknown): Promise<Failure | null>;
  ofRoom(roomId: RoomId): readonly Wish[];
  all(): readonly Wish[];
  start(): void;
  wake(reason: "network" | "synced"): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
}

export function createWishes({ platform, store, session, put, onRefused }: WishesDeps): Wishes {
  const rows = wishQueries(store.kept);
  const ownId = (): UserId | undefined => session()?.userId;
  const all = (): readonly WishRow[] => {
    const userId = ownId();
    return userId === undefined ? [] : rows.wishes.all({ userId });
  };
  const askers = createAskers();
  const loop = createPutLoop<WishRow>({
    platform,
    name: "wishes",
    onRest: () => askers.tellAll(),
    due: all,
    laneOf,
    onHeld: (row) => askers.tell(nameOf(row), null),
    put: (row, signal) => put(wishOf(row), signal),
    settle(row, refusal) {
      const userId = ownId();
      if (userId === undefined) return;
      const { roomId, key, value } = row;
      const isLatest = rows.deleteWish.run({ userId, roomId, key, value }) > 0;
      if (!isLatest) return;
      if (refusal !== null) {
        platform.log("warn", "wish-refused", { key, kind: refusal.kind, errcode: refusal.errcode });
        onRefused(wishOf(row), JSON.parse(row.before), refusal);
      }
      askers.tell(nameOf(row), refusal);
    },
  });

  return {
    wish({ roomId, key, value }, before) {
      const userId = ownId();
      if (userId === undefined) return Promise.resolve(null);
      const json = { value: JSON.stringify(value), before: JSON.stringify(before) };
      rows.saveWish.run({ userId, roomId, key, ...json });
      loop.run();
      if (!loop.isTrying(laneOf({ roomId, key }))) return Promise.resolve(null);
      return askers.ask(nameOf({ roomId, key }));
    },
    ofRoom(roomId) {
      const userId = ownId();
      return userId === undefined ? [] : rows.wishesOfRoom.all({ userId, roomId }).map(wishOf);
    },
    all: () => all().map(wishOf),
    start: () => loop.start(),
    wake: (reason) => loop.wake(reason),
    stop: () => loop.stop(),
  };
}

const nameOf = ({ roomId, key }: Pick<WishRow, "roomId" | "key">): string => `${roomId} ${key}`;
/** The pictures of our pack are one content, which each reads and writes whole: one after the other. */
const laneOf = (row: Pick<WishRow, "roomId" | "key">): string =>
  isStickerKey(row.key) ? STICKER : nameOf(row);
const wishOf = ({ roomId, key, value }: WishRow): Wish =>
  ({ roomId, key, value: JSON.parse(value) as unknown }) as Wish;
