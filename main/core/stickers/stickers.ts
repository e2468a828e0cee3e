import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { StickersView } from "../../../preload/contract/models/sticker.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { Handlers, TopicSources } from "../api.ts";
import { isObject, parseEvent, type JsonObject } from "../event.ts";
import { FailureError, invalid, valueOf, type Result } from "../failure.ts";
import { fetchAccountData, putAccountData } from "../homeserver/account-data.ts";
import type { Http } from "../homeserver/http.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import { packView, pictureIn, stickerContent, withoutPicture, withPicture } from "./pack.ts";
import { createStoredPacks, OWN_PACK } from "./stored-packs.ts";

// Stickers: what there is to send, sending them, and keeping those of others. Sending is a row of the queue like any
// other message; our own pack is account data, written over what the server has at that moment.

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
  readonly fetchEvent: (at: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
  }) => Promise<Result<unknown>>;
}

export interface Stickers {
  readonly handlers: Pick<Handlers, "sendSticker" | "keepSticker" | "dropSticker">;
  readonly sources: Pick<TopicSources, "stickers">;
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
  const packs = createStoredPacks(store, OWN_NAME);
  const watchers = new Set<Watcher>();
  const ofOwn = { userId: ownUserId, type: OWN_PACK };
  /** One after the other: each begins with what the one before has written. */
  let writing: Promise<unknown> = Promise.resolve();

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

  function change(next: (content: JsonObject) => JsonObject | null): Promise<void> {
    const mine = writing.then(async () => {
      const content = next(valueOf(await fetchAccountData(http, ofOwn)));
      if (content === null) return;
      valueOf(await putAccountData(http, ofOwn, content));
      rooms.putAccountData.run({ roomId: "", type: OWN_PACK, content: JSON.stringify(content) });
      changed();
    });
    writing = mine.catch(() => undefined);
    return mine;
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
        const picture = await pictureOf(roomId, eventId);
        await change((content) => withPicture(content, picture));
      },
      dropSticker: ({ shortcode }) => change((content) => withoutPicture(content, shortcode)),
    },
  };
}
