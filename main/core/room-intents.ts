import type { MxcUri, RoomId, UserId } from "../../preload/contract/ids.ts";
import type { MassRedaction } from "../../preload/contract/models/room-details.ts";
import type { OwnTag } from "../../preload/contract/models/room.ts";
import type { Handlers } from "./api.ts";
import type { JsonObject } from "./event.ts";
import { FailureError, invalid, ok, unlessRefused, type Failure, type Result } from "./failure.ts";
import { deleteTag, putRoomAccountData, putTag } from "./homeserver/account-data.ts";
import type { Http } from "./homeserver/http.ts";
import { fetchState, putState, redactEvent } from "./homeserver/room-state.ts";
import { fetchEvent } from "./homeserver/room-events.ts";
import type { Attention } from "./notifications/attention.ts";
import type { WishedLevel } from "./notifications/push-settings.ts";
import type { Platform } from "./platform.ts";
import { isOwnTag, markedUnread, parseTags, readTags, type RoomTag } from "./rooms/account-data.ts";
import { createMassRedactions } from "./sending/mass-redaction.ts";
import { createPins, type Pins } from "./sending/pins.ts";
import type { Sending } from "./sending/sending.ts";
import { createWishes, isStickerKey, NO_ROOM, type RoomWishes, type Wish } from "./sending/wishes.ts";
import { loadPinned, putPin } from "./rooms/pins.ts";
import { memberQueries } from "./store/queries/members.ts";
import { roomQueries } from "./store/queries/rooms.ts";
import type { Store } from "./store/store.ts";
import type { StickerWish, WishedSticker } from "./sticker-wish.ts";
import type { Stickers } from "./stickers/stickers.ts";

// What the user has decided about rooms and the server is told when it can be: tags, the unread mark, notifications, what
// is pinned, the deletion of somebody's messages. All of it works offline and outlives a restart.

interface AccountData {
  readonly type: string;
  readonly content: JsonObject;
}

export interface RoomIntents {
  readonly handlers: Pick<
    Handlers,
    "setRoomTag" | "loadOwnTags" | "setOwnTag" | "redactMessagesOf" | "cancelRedactionsOf" | "pinMessage"
  >;
  readonly pins: Pick<Pins, "pinned" | "unsent" | "refusal" | "changed">;
  /** As `Wishes.wish`; so does the next. */
  wishUnread(roomId: RoomId, mark: RoomWishes["marked-unread"]): Promise<Failure | null>;
  wishLevel(roomId: RoomId, level: WishedLevel["level"]): Promise<Failure | null>;
  wishedLevels(): readonly WishedLevel[];
  wishSticker(sticker: WishedSticker): Promise<Failure | null>;
  wishedStickers(): readonly WishedSticker[];
  redactionsOf(roomId: RoomId): readonly MassRedaction[];
  /** A room's account data as the user wishes it to be: what the server says is older. */
  over(roomId: RoomId, accountData: readonly AccountData[]): readonly AccountData[];
  start(): void;
  wake(reason: "network" | "synced"): void;
  stop(): Promise<void>;
}

export interface RoomIntentsDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Store;
  readonly http: Http;
  readonly ownUserId: UserId;
  readonly session: () => { readonly userId: UserId } | null;
  /** Made after us. */
  readonly attention: () => Pick<Attention, "putLevel" | "refused">;
  /** So are they. */
  readonly stickers: () => Pick<Stickers, "put" | "changed">;
  /** Messages that may not be sent yet. */
  readonly messages: Pick<Sending, "eventOf" | "isWaiting" | "currentId">;
  readonly publish: (roomId: RoomId) => void;
  readonly onProgress: (roomId: RoomId) => void;
}

const TAGS = ["m.favourite", "m.lowpriority"] as const;
type Tag = RoomWishes["tag"];

export function createRoomIntents(deps: RoomIntentsDeps): RoomIntents {
  const { platform, store, http, ownUserId, publish } = deps;
  const rooms = roomQueries(store.cache);
  const members = memberQueries(store.cache);

  async function putTags(roomId: RoomId, wanted: Tag): Promise<Result<void>> {
    // The new one first: a room that is for a moment both is not lost from sight.
    if (wanted !== null) {
      const order = orderOf(roomId, wanted);
      const put = await putTag(http, { userId: ownUserId, roomId, tag: wanted, order });
      if (!put.ok) return put;
    }
    for (const tag of TAGS) {
      if (tag === wanted) continue;
      const gone = await deleteTag(http, { userId: ownUserId, roomId, tag });
      // There was none.
      if (!gone.ok && gone.failure.status !== 404) return gone;
    }
    return ok(undefined);
  }

  async function putOwnTag(roomId: RoomId, tag: OwnTag, isSet: boolean): Promise<Result<void>> {
    const of = { userId: ownUserId, roomId, tag };
    if (isSet) return putTag(http, { ...of, order: orderOf(roomId, tag) });
    const gone = await deleteTag(http, of);
    return !gone.ok && gone.failure.status === 404 ? ok(undefined) : gone;
  }

  function put(wish: Wish): Promise<Result<void>> {
    const { roomId } = wish;
    const sticker = stickerIn(wish);
    if (sticker !== null) return deps.stickers().put(sticker);
    switch (wish.key) {
      case "tag":
        return putTags(roomId, wish.value);
      case "marked-unread": {
        const content = markOf(wish.value);
        return putRoomAccountData(http, { userId: ownUserId, roomId, type: "m.marked_unread", content });
      }
      case "level":
        return deps.attention().putLevel({ roomId, level: wish.value });
      default:
        return putOwnTag(roomId, wish.key as OwnTag, wish.value === true);
    }
  }

  const wishes = createWishes({
    platform,
    store,
    session: deps.session,
    put,
    onRefused({ roomId, key }, before) {
      if (isStickerKey(key)) deps.stickers().changed();
      else if (key === "level") deps.attention().refused.level(roomId);
      else if (key === "marked-unread") deps.attention().refused.unread(roomId);
      else if (key === "tag") showTags(roomId, restored(tagsOf(roomId), readTags(JSON.stringify(before))));
      else showTags(roomId, withOwnTag(tagsOf(roomId), key, before === true));
    },
  });
  const redactions = createMassRedactions({
    platform,
    store,
    ownUserId,
    put: (row) => redactEvent(http, row),
    onProgress: deps.onProgress,
  });
  const pins = createPins({
    platform,
    store,
    ownUserId,
    put: (pinning) =>
      putPin(
        {
          fetchState: (at) => fetchState(http, at),
          putState: (state) => putState(http, state),
          fetchEvent: (at) => fetchEvent(http, at),
        },
        pinning,
      ),
    said: (roomId) => loadPinned(rooms, roomId),
    eventOf: (roomId, target) =>
      deps.messages.eventOf(roomId, target) ?? (deps.messages.isWaiting(roomId, target) ? null : undefined),
    currentId: (transactionId) => deps.messages.currentId(transactionId),
    onChange: publish,
  });

  function showTags(roomId: RoomId, tags: readonly RoomTag[]): void {
    rooms.setTags.run({ roomId, tags: JSON.stringify(tags) });
    publish(roomId);
  }
  const tagsOf = (roomId: RoomId): readonly RoomTag[] =>
    readTags(rooms.loadRoom.get({ roomId })?.tags ?? "[]");

  /** Whoever gave it a place under this tag meanwhile is not overruled. */
  const orderOf = (roomId: RoomId, tag: string): number | null =>
    tagsOf(roomId).find(({ name }) => name === tag)?.order ?? null;

  function wishedTags(
    roomId: RoomId,
    wishes: readonly Wish[],
    said: readonly AccountData[],
  ): readonly AccountData[] {
    const told = said.findLast(({ type }) => type === "m.tag");
    let tags = told === undefined ? tagsOf(roomId) : parseTags(told.content);
    let isWished = false;
    for (const wish of wishes) {
      if (wish.key === "level" || wish.key === "marked-unread" || isStickerKey(wish.key)) continue;
      isWished = true;
      tags = wish.key === "tag" ? withTag(tags, wish.value) : withOwnTag(tags, wish.key, wish.value === true);
    }
    if (!isWished) return [];
    const content = tags.map(({ name, order }) => [name, order === null ? {} : { order }] as const);
    return [{ type: "m.tag", content: { tags: Object.fromEntries(content) } }];
  }
  const wishedMarks = (wishes: readonly Wish[]): readonly AccountData[] =>
    wishes.flatMap((wish) =>
      wish.key === "marked-unread" ? [{ type: "m.marked_unread", content: markOf(wish.value) }] : [],
    );

  return {
    handlers: {
      async setRoomTag({ roomId, tag }) {
        const before = tagsOf(roomId);
        const tried = wishes.wish({ roomId, key: "tag", value: tag }, before);
        showTags(roomId, withTag(before, tag));
        await unlessRefused(tried);
      },
      loadOwnTags({ roomId }) {
        const rows = rooms.loadListedRooms.all({});
        const all = new Set(rows.flatMap(({ tags }) => ownTagsIn(readTags(tags))));
        return { ofRoom: ownTagsIn(tagsOf(roomId)).sort(), all: [...all].sort() };
      },
      async setOwnTag({ roomId, tag, isSet }) {
        if (!isOwnTag(tag)) throw new FailureError(invalid("not a name for a section"));
        const before = tagsOf(roomId);
        const hadIt = before.some(({ name }) => name === tag);
        const tried = wishes.wish({ roomId, key: tag, value: isSet }, hadIt);
        showTags(roomId, withOwnTag(before, tag, isSet));
        await unlessRefused(tried);
      },
      redactMessagesOf({ roomId, userId, reason }) {
        const eventIds = members.eventsOfSender.all({ roomId, userId }).map(({ eventId }) => eventId);
        return { total: redactions.begin({ roomId, userId, reason, eventIds }) };
      },
      cancelRedactionsOf: ({ roomId, userId }) => redactions.cancel(roomId, userId),
      pinMessage: (order) => unlessRefused(pins.pin(order)),
    },
    pins,
    wishUnread: (roomId, value) => wishes.wish({ roomId, key: "marked-unread", value }, null),
    wishLevel: (roomId, value) => wishes.wish({ roomId, key: "level", value }, null),
    wishedLevels: () =>
      wishes
        .all()
        .flatMap((wish) => (wish.key === "level" ? [{ roomId: wish.roomId, level: wish.value }] : [])),
    wishSticker: ({ mxc, wish }) =>
      wishes.wish({ roomId: NO_ROOM, key: `sticker ${mxc}`, value: wish }, null),
    wishedStickers: () => wishes.ofRoom(NO_ROOM).flatMap((wish) => stickerIn(wish) ?? []),
    redactionsOf: (roomId) => redactions.ofRoom(roomId),
    over(roomId, accountData) {
      const all = wishes.ofRoom(roomId);
      const news = [...wishedMarks(all), ...wishedTags(roomId, all, accountData)];
      return news.length === 0 ? accountData : [...accountData, ...news];
    },
    start() {
      wishes.start();
      redactions.start();
      pins.start();
    },
    wake(reason) {
      wishes.wake(reason);
      redactions.wake(reason);
      pins.wake(reason);
    },
    async stop() {
      await Promise.all([wishes.stop(), redactions.stop(), pins.stop()]);
    },
  };
}

/** What is wished of a picture of our pack; null for what is wished of a room. Pure. */
function stickerIn({ key, value }: Wish): WishedSticker | null {
  if (!isStickerKey(key)) return null;
  return { mxc: key.slice(key.indexOf(" ") + 1) as MxcUri, wish: value as StickerWish };
}

const markOf = (value: RoomWishes["marked-unread"]): JsonObject =>
  typeof value === "boolean"
    ? markedUnread({ isMarked: value, from: null })
    : markedUnread({ isMarked: true, from: value });

/** Pure: of the two that we set, a room has one or none; others stay. Where it stands under it stays too. */
const withTag = (tags: readonly RoomTag[], wanted: Tag): readonly RoomTag[] => [
  ...tags.filter((tag) => !isOfUs(tag)),
  ...(wanted === null ? [] : [tags.find(({ name }) => name === wanted) ?? { name: wanted, order: null }]),
];
const isOfUs = ({ name }: RoomTag): boolean => name === "m.favourite" || name === "m.lowpriority";
/** The one of the two that was there before, and all others as they are now. */
const restored = (now: readonly RoomTag[], before: readonly RoomTag[]): readonly RoomTag[] => [
  ...now.filter((tag) => !isOfUs(tag)),
  ...before.filter(isOfUs),
];

const withOwnTag = (tags: readonly RoomTag[], tag: OwnTag, isSet: boolean): readonly RoomTag[] => [
  ...tags.filter(({ name }) => name !== tag),
  ...(isSet ? [tags.find(({ name }) => name === tag) ?? { name: tag, order: null }] : []),
];
const ownTagsIn = (tags: readonly RoomTag[]): OwnTag[] => tags.map(({ name }) => name).filter(isOwnTag);
