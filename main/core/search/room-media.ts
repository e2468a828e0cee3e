import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type {
  RoomMediaEntry,
  RoomMediaKind,
  RoomMediaView,
} from "../../../preload/contract/models/room-media.ts";
import type { MessageBody } from "../../../preload/contract/models/timeline.ts";
import type { JsonObject } from "../event.ts";
import type { Failure } from "../failure.ts";
import type { Clock } from "../platform.ts";
import type { FoundRow, SearchQueries } from "../store/queries/search.ts";
import { oneLine, plainText } from "../text.ts";
import { hasBits, shownContent } from "./document.ts";
import { newestFirst, type Placed } from "./newest-first.ts";

// The pictures, files, links or recordings of one room, newest first: from the index of what is stored, and where that
// ends, page by page from the server, into the same store.

/** Entries that are added at once. */
const PAGE = 60;
/** Documents looked at in one go; and the pause behind it, ms: in a long room with one picture nobody else waits. */
const SCAN = 2000;
const BREATH_MS = 4;
/** Pages of history that are fetched for one question: a room of words is not fetched to its start by opening a list. */
const PAGES = 5;

const bitsOf: Readonly<Record<RoomMediaKind, number>> = {
  pictures: hasBits.image | hasBits.video,
  files: hasBits.file,
  links: hasBits.link,
  voice: hasBits.audio,
};

export interface RoomMediaDeps {
  readonly queries: SearchQueries;
  readonly clock: Clock;
  readonly ownUserId: UserId;
  readonly bodyOf: (content: JsonObject) => MessageBody | null;
  /** The stored history of the room has a hole: the server has more. */
  readonly hasGap: (roomId: RoomId) => boolean;
  /** Puts one page into the newest hole of the room. */
  readonly fillGap: (roomId: RoomId) => Promise<Failure | null>;
  /** Indexes what is stored; false when all of it is. */
  readonly indexSlice: () => boolean;
  readonly isIndexed: () => boolean;
  readonly onChange: (view: RoomMediaView) => void;
}

interface Found {
  readonly doc: number;
  readonly row: Placed;
  readonly entry: RoomMediaEntry;
}

export class RoomMedia {
  view: RoomMediaView = { entries: [], older: "loading" };
  readonly #deps: RoomMediaDeps;
  readonly #roomId: RoomId;
  readonly #bits: number;
  /** By document, newest first. */
  #found: readonly Found[] = [];
  /** Everything from here on upwards was looked at: what is indexed there later is added, what is below when asked for. */
  #reached = Number.MAX_SAFE_INTEGER;
  /** As many were asked for. */
  #wanted = 0;
  #loading: Promise<void> | null = null;
  #isClosed = false;

  constructor(deps: RoomMediaDeps, roomId: RoomId, kind: RoomMediaKind) {
    this.#deps = deps;
    this.#roomId = roomId;
    this.#bits = bitsOf[kind];
    void this.more();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** One more page. A second question joins the first. */
  more(): Promise<void> {
    if (this.#loading === null) this.#wanted = Math.max(this.#wanted, this.#found.length + PAGE);
    return this.#begin();
  }

  /** Something of the room has changed; these of its documents were indexed, wherever in time they stand. */
  changed(docs: readonly number[] = []): void {
    if (this.#isClosed) return;
    const known = new Set(this.#found.map(({ doc }) => doc));
    this.#found = this.#found.flatMap(({ doc }) => this.#entryOf(doc));
    const news = docs.filter((doc) => doc >= this.#reached && !known.has(doc));
    this.#add(news.flatMap((doc) => this.#entryOf(doc)));
    this.#show(this.#hasNewEnd() ? "idle" : this.view.older);
  }

  /** More of what is stored is indexed, and perhaps all. */
  indexMoved(): void {
    const isWaiting = this.#loading === null && this.view.older === "loading";
    if (isWaiting && !this.#isClosed && this.#deps.isIndexed()) void this.#begin();
  }

  /** What was passed over may be shown now: other people's words. */
  async lookAgain(): Promise<void> {
    this.changed();
    let below = Number.MAX_SAFE_INTEGER;
    while (!this.#isClosed && below > this.#reached) {
      const { found, lowest } = this.#between(below - 1, this.#reached, SCAN);
      if (lowest === null) return;
      below = lowest;
      this.#add(found);
      this.#show(this.view.older);
      await this.#breathe();
    }
  }

  #begin(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
      // The rest was indexed while it was looked through.
      this.indexMoved();
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    this.#show("loading");
    let failure: Failure | null = null;
    for (let pages = 0; ; pages++) {
      await this.#scan();
      if (this.#isClosed || this.#found.length >= this.#wanted) break;
      if (pages >= PAGES || !this.#deps.hasGap(this.#roomId)) break;
      failure = await this.#deps.fillGap(this.#roomId);
      if (failure !== null) break;
      // Each slice tells us what it has indexed.
      while (!this.#isClosed && this.#deps.indexSlice()) await this.#breathe();
    }
    if (failure !== null) return this.#show({ failed: failure });
    const isShort = this.#found.length < this.#wanted;
    // The rest is being indexed, and looked through when it is.
    if (isShort && !this.#deps.isIndexed()) return this.#show("loading");
    this.#show(isShort && !this.#deps.hasGap(this.#roomId) ? "exhausted" : "idle");
  }

  /** Downwards through what is indexed, until there are as many as wanted. */
  async #scan(): Promise<void> {
    while (!this.#isClosed && this.#found.length < this.#wanted) {
      const { found, lowest } = this.#between(this.#reached - 1, 0, this.#wanted - this.#found.length);
      // Nothing is below: what comes in later stands above, be it the first of all.
      if (lowest === null) return void (this.#reached = 0);
      this.#reached = lowest;
      this.#add(found);
      this.#show("loading");
      await this.#breathe();
    }
  }

  /** Older ones than are shown are added as far as anybody has asked for them: a whole history may be coming in. */
  #add(news: readonly Found[]): void {
    const known = new Set(this.#found.map(({ doc }) => doc));
    const fresh = new Set(news.filter(({ doc }) => !known.has(doc)));
    const all = [...this.#found, ...fresh].sort((a, b) => b.doc - a.doc);
    const last = all.findLastIndex((one) => !fresh.has(one));
    const kept = all.slice(0, Math.max(this.#wanted, last + 1));
    if (kept.length < all.length) this.#reached = kept.at(-1)?.doc ?? this.#reached;
    this.#found = kept;
  }

  /** It was said that this is all, and now there is more: below what is shown, or in a new hole. */
  #hasNewEnd(): boolean {
    return this.view.older === "exhausted" && (this.#reached > 0 || this.#deps.hasGap(this.#roomId));
  }

  /** Those of some documents, newest first; `lowest` is the last that was looked at, null where there was none. */
  #between(newest: number, oldest: number, most: number) {
    const docs = this.#deps.queries.bitsInRoom.all({ roomId: this.#roomId, newest, oldest, limit: SCAN });
    const found: Found[] = [];
    let lowest: number | null = null;
    for (const { doc, has } of docs) {
      if (found.length >= most) break;
      lowest = doc;
      if ((has & this.#bits) !== 0) found.push(...this.#entryOf(doc));
    }
    return { found, lowest };
  }

  #entryOf(doc: number): Found[] {
    const row = this.#deps.queries.found.get({ doc });
    const isOurs = row !== undefined && row.roomId === this.#roomId && row.type === "m.room.message";
    const body = isOurs && (row.has & this.#bits) !== 0 ? this.#bodyOf(row) : null;
    return row === undefined || body === null ? [] : [{ doc, row, entry: this.#entry(row, body) }];
  }

  #bodyOf(row: FoundRow): MessageBody | null {
    const event = { ...row, stateKey: null, relType: null, isRedacted: 0 };
    return this.#deps.bodyOf(shownContent(event, this.#deps.queries.edits.all(row)));
  }

  #entry({ eventId, sender, senderName, ts }: FoundRow, body: MessageBody): RoomMediaEntry {
    const name = plainText(senderName, 255);
    return {
      eventId,
      sender: {
        userId: sender,
        name: name === null ? sender : oneLine(name, 255),
        isOwn: sender === this.#deps.ownUserId,
      },
      ts,
      body,
    };
  }

  #breathe(): Promise<void> {
    return new Promise((resolve) => void this.#deps.clock.after(BREATH_MS, resolve));
  }

  #show(older: RoomMediaView["older"]): void {
    if (this.#isClosed) return;
    const inOrder = this.#found.toSorted((a, b) => newestFirst(a.row, b.row));
    const view = { entries: inOrder.map(({ entry }) => entry), older };
    if (JSON.stringify(view) === JSON.stringify(this.view)) return;
    this.view = view;
    this.#deps.onChange(view);
  }
}
