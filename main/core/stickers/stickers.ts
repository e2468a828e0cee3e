import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { StickersView } from "../../../preload/contract/models/sticker.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { Handlers, TopicSources } from "../api.ts";
import { isObject, objectOf, parseEvent, type JsonObject } from "../event.ts";
import { FailureError, invalid, ok, unlessRefused, valueOf, type Failure, type Result } from "../failure.ts";
import { fetchAccountData, putAccountData } from "../homeserver/account-data.ts";
import type { Http } from "../homeserver/http.ts";
import { parseMxc } from "../mxc.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import type { WishedSticker } from "../sticker-wish.ts";
import { packView, pictureIn, stickerContent, withWish } from "./pack.ts";
import { createStoredPacks, OWN_PACK } from "./stored-packs.ts";

// Stickers: what there is to send, sending them, and keeping those of others. Sending is a row of the queue like any
// other message; what is put into our own pack or taken out is a wish (sending/wishes.ts): here at once, also without a
// connection, and written over what the server has at the moment when it is told.

export interface StickersDeps {
  readonly store: Pick<Store, "cache">;
  readonly http: Http;
  readonly ownUserId: UserId;
  readonly send: (sticker: {
    readonly roomId: RoomId;
    readonly transactionId: TransactionId;
    readonly eventType: "m.sticker";
    readonly content: JsonObject;
    readonly replyTo: MessageTarget | null;
    readonly thread: MessageTarget | null;
  }) => Queued;
  /** When this transaction id was queued; null when it is new. */
  readonly queuedBefore: (row: {
    readonly roomId: RoomId;
    readonly transactionId: TransactionId;
  }) => Queued | null;
  /** Durable when it returns; resolves with the refusal where the server says no now. */
  readonly wish: (sticker: WishedSticker) => Promise<Failure | null>;
  /** What is wished and not told yet. */
  readonly wished: () => readonly WishedSticker[];
  readonly fetchEvent: (at: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
  }) => Promise<Result<unknown>>;
}

export interface Stickers {
  readonly handlers: Pick<Handlers, "sendSticker" | "keepSticker" | "dropSticker">;
  readonly sources: Pick<TopicSources, "stickers">;
  /** Makes it so on the server; one at a time, as each begins with what the one before has written. */
  put(sticker: WishedSticker): Promise<Result<void>>;
  /** After each commit. */
  changed(): void;
}

interface Watcher {
  readonly roomId: RoomId;
  readonly emit: (view: StickersView) => void;
  last: string;
}

/** The page names our own pack: this is for nobody. */
const OWN_NAME = "";

export function createStickers(deps: StickersDeps): Stickers {
  const { http, ownUserId, store } = deps;
  const rooms = roomQueries(store.cache);
  const events = timelineQueries(store.cache);
  const packs = createStoredPacks(store, OWN_NAME, (content) =>
    deps.wished().reduce((now, one) => withWish(now, one) ?? now, content),
  );
  const watchers = new Set<Watcher>();
  const ofOwn = { userId: ownUserId, type: OWN_PACK };

  const view = (roomId: RoomId): StickersView => ({ roomId, packs: packs.forRoom(roomId).map(packView) });

  function changed(): void {
    for (const one of watchers) {
      const next = view(one.roomId);
      const text = JSON.stringify(next);
      if (text === one.last) continue;
      one.last = text;
      one.emit(next);
    }
  }

  async function put(sticker: WishedSticker): Promise<Result<void>> {
    const said = await fetchAccountData(http, ofOwn);
    if (!said.ok) return said;
    const content = withWish(said.value, sticker);
    if (content !== null) {
      const told = await putAccountData(http, ofOwn, content);
      if (!told.ok) return told;
    }
    // The sync that brings it may take a while, and the wish goes now.
    const json = JSON.stringify(content ?? said.value);
    rooms.putAccountData.run({ roomId: "", type: OWN_PACK, content: json });
    return ok(undefined);
  }

  async function wish(sticker: WishedSticker): Promise<void> {
    const tried = deps.wish(sticker);
    changed();
    await unlessRefused(tried);
    changed();
  }

  async function pictureOf(roomId: RoomId, eventId: EventId) {
    const stored = events.storedRow.get({ roomId, eventId });
    const raw: unknown =
      stored === undefined ? valueOf(await deps.fetchEvent({ roomId, eventId })) : JSON.parse(stored.raw);
    const event = parseEvent(raw);
    const isIt = event?.eventId === eventId && event.stateKey === null && (stored?.isRedacted ?? 0) === 0;
    const picture =
      isIt && !isObject(event.unsigned["redacted_because"]) ? pictureIn(event.type, event.content) : null;
    if (picture === null) throw new FailureError(invalid("this is no picture to keep"));
    return picture;
  }

  return {
    changed,
    put,
    sources: {
      stickers({ roomId }, emit) {
        const snapshot = view(roomId);
        const watcher: Watcher = { roomId, emit, last: JSON.stringify(snapshot) };
        watchers.add(watcher);
        return { snapshot, stop: () => void watchers.delete(watcher) };
      },
    },
    handlers: {
      sendSticker({ roomId, transactionId, packId, shortcode, replyTo = null, thread = null }) {
        // The same again is the same sticker, whatever became of its pack.
        const known = deps.queuedBefore({ roomId, transactionId });
        if (known !== null) return known;
        const pack = packs.forRoom(roomId).find(({ id }) => id === packId);
        const image = pack?.images.find((one) => one.isSticker && one.shortcode === shortcode);
        if (image === undefined) throw new FailureError(invalid("there is no such sticker any more"));
        const content = stickerContent(image);
        return deps.send({ roomId, transactionId, eventType: "m.sticker", content, replyTo, thread });
      },
      async keepSticker({ roomId, eventId }) {
        const { mxc, words, info } = await pictureOf(roomId, eventId);
        await wish({ mxc, wish: { keep: { words, info } } });
      },
      async dropSticker({ shortcode }) {
        const mxc = parseMxc(objectOf(objectOf(packs.own(), "images"), shortcode)["url"]);
        if (mxc !== null) await wish({ mxc, wish: { drop: shortcode } });
      },
    },
  };
}
