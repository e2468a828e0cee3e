import type { RoomId, UserId } from "../../preload/contract/ids.ts";
import type { MassRedaction } from "../../preload/contract/models/room-details.ts";
import type { Handlers } from "./api.ts";
import { objectOf, type JsonObject } from "./event.ts";
import { ok, unlessRefused, type Failure, type Result } from "./failure.ts";
import { deleteTag, putRoomAccountData, putTag } from "./homeserver/account-data.ts";
import type { Http } from "./homeserver/http.ts";
import { fetchState, putState, redactEvent } from "./homeserver/room-state.ts";
import type { Attention } from "./notifications/attention.ts";
import type { WishedLevel } from "./notifications/push-settings.ts";
import type { Platform } from "./platform.ts";
import { createMassRedactions } from "./sending/mass-redaction.ts";
import { createPins, type Pins } from "./sending/pins.ts";
import type { Sending } from "./sending/sending.ts";
import { createWishes, type RoomWishes, type Wish } from "./sending/wishes.ts";
import { loadPinned, putPin } from "./rooms/pins.ts";
import { markedUnread } from "./rooms/account-data.ts";
import { memberQueries } from "./store/queries/members.ts";
import { roomQueries } from "./store/queries/rooms.ts";
import type { Store } from "./store/store.ts";

// What the user has decided about rooms and the server is told when it can be: tags, the unread mark, notifications, what
// is pinned, the deletion of somebody's messages. All of it works offline and outlives a restart.

interface AccountData {
  readonly type: string;
  readonly content: JsonObject;
}

export interface RoomIntents {
  readonly handlers: Pick<Handlers, "setRoomTag" | "redactMessagesOf" | "cancelRedactionsOf" | "pinMessage">;
  readonly pins: Pick<Pins, "pinned" | "unsent" | "refusal" | "changed">;
  /** As `Wishes.wish`; so does the next. */
  wishUnread(roomId: RoomId, mark: RoomWishes["marked-unread"]): Promise<Failure | null>;
  wishLevel(roomId: RoomId, level: WishedLevel["level"]): Promise<Failure | null>;
  wishedLevels(): readonly WishedLevel[];
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
  /** Messages that may not be sent yet. */
  readonly messages: Pick<Sending, "eventOf" | "isWaiting">;
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
      const put = await putTag(http, { userId: ownUserId, roomId, tag: wanted });
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

  function put(wish: Wish): Promise<Result<void>> {
    const { roomId } = wish;
    switch (wish.key) {
      case "tag":
        return putTags(roomId, wish.value);
      case "marked-unread": {
        const content = markOf(wish.value);
        return putRoomAccountData(http, { userId: ownUserId, roomId, type: "m.marked_unread", content });
      }
      case "level":
        return deps.attention().putLevel({ roomId, level: wish.value });
    }
  }

  const wishes = createWishes({
    platform,
    store,
    session: deps.session,
    put,
    onRefused({ roomId, key }, before) {
      if (key === "level") deps.attention().refused.level(roomId);
      if (key === "marked-unread") deps.attention().refused.unread(roomId);
      if (key === "tag") showTags(roomId, before as readonly string[]);
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
        { fetchState: (at) => fetchState(http, at), putState: (state) => putState(http, state) },
        pinning,
      ),
    said: (roomId) => loadPinned(rooms, roomId),
    eventOf: (roomId, target) =>
      deps.messages.eventOf(roomId, target) ?? (deps.messages.isWaiting(roomId, target) ? null : undefined),
    onChange: publish,
  });

  function showTags(roomId: RoomId, tags: readonly string[]): void {
    rooms.setTags.run({ roomId, tags: JSON.stringify(tags) });
    publish(roomId);
  }
  const tagsOf = (roomId: RoomId): readonly string[] =>
    JSON.parse(rooms.loadRoom.get({ roomId })?.tags ?? "[]") as readonly string[];

  function wished(roomId: RoomId, wish: Wish, said: readonly AccountData[]): readonly AccountData[] {
    if (wish.key === "marked-unread") return [{ type: "m.marked_unread", content: markOf(wish.value) }];
    if (wish.key !== "tag") return [];
    const told = said.findLast(({ type }) => type === "m.tag");
    const before = told === undefined ? tagsOf(roomId) : Object.keys(objectOf(told.content, "tags"));
    const tags = Object.fromEntries(withTag(before, wish.value).map((tag) => [tag, {}]));
    return [{ type: "m.tag", content: { tags } }];
  }

  return {
    handlers: {
      async setRoomTag({ roomId, tag }) {
        const before = tagsOf(roomId);
        const tried = wishes.wish({ roomId, key: "tag", value: tag }, before);
        showTags(roomId, withTag(before, tag));
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
    redactionsOf: (roomId) => redactions.ofRoom(roomId),
    over(roomId, accountData) {
      const news = wishes.ofRoom(roomId).flatMap((wish) => wished(roomId, wish, accountData));
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

const markOf = (value: RoomWishes["marked-unread"]): JsonObject =>
  typeof value === "boolean"
    ? markedUnread({ isMarked: value, from: null })
    : markedUnread({ isMarked: true, from: value });

/** Pure: of the two that we set, a room has one or none; others stay. */
const withTag = (tags: readonly string[], wanted: Tag): readonly string[] => [
  ...tags.filter((tag) => tag !== "m.favourite" && tag !== "m.lowpriority"),
  ...(wanted === null ? [] : [wanted]),
];
