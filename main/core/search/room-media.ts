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
import { firstDocument, hasBits, shownContent } from "./document.ts";

// The pictures, files, links or recordings of one room, newest first: from the index of what is stored, and where that
// ends, page by page from the server, into the same store.

/** Entries that are added at once. */
const PAGE = 60;
/** Documents looked at in one go; and the pause behind it, ms: in a long room with one picture nobody else waits. */
const SCAN = 2000;
const BREATH_MS = 4;
/** Pages of history that are fetched for one question: a room of words is not fetched to its start by opening a list. */
const PAGES = 5;
/** What comes may have been said before what is here, by the clock of another server: documents of one day. */
const LATE = firstDocument(86_400_000);
/** While what is stored is still being indexed, it is looked through anew this often, ms. */
const ANEW_MS = 500;

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

export class RoomMedia {
  view: RoomMediaView = { entries: [], older: "loading" };
  readonly #deps: RoomMediaDeps;
  readonly #roomId: RoomId;
  readonly #bits: number;
  /** By document, newest first. */
  #found: readonly { readonly doc: number; readonly entry: RoomMediaEntry }[] = [];
  /** Everything from here on upwards was looked at, and nothing above `#newest`. */
  #reached = Number.MAX_SAFE_INTEGER;
  #newest = 0;
  #loading: Promise<void> | null = null;
  #isClosed = false;
  /** Not everything stored was indexed when it was looked through: what is will stand anywhere. */
  #isPartial = false;
  #loadedAt = 0;

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
    return this.#begin(this.#found.length + PAGE, false);
  }

  /** Something of the room has changed, or was indexed. */
  changed(): void {
    if (this.#isClosed || this.#newest === 0) return;
    if (this.#isPartial) return this.#anew();
    const kept = this.#found.flatMap(({ doc }) => this.#entryOf(doc));
    const known = new Set(kept.map(({ doc }) => doc));
    const from = Math.max(this.#newest - LATE, this.#reached, 0);
    const news = this.#between(Number.MAX_SAFE_INTEGER, from, PAGE * 4);
    this.#newest = Math.max(this.#newest, news.scannedTo);
    const fresh = news.found.filter(({ doc }) => !known.has(doc));
    this.#found = [...fresh, ...kept].sort((a, b) => b.doc - a.doc);
    this.#show(this.view.older);
  }

  #anew(): void {
    const { isIndexed, clock } = this.#deps;
    if (this.#loading !== null || (!isIndexed() && clock.monotonic() - this.#loadedAt < ANEW_MS)) return;
    void this.#begin(Math.max(PAGE, this.#found.length), true);
  }

  #begin(wanted: number, isAnew: boolean): Promise<void> {
    this.#loading ??= this.#load(wanted, isAnew).finally(() => {
      this.#loading = null;
      this.#loadedAt = this.#deps.clock.monotonic();
      // The rest was indexed while it was looked through.
      if (this.#isPartial && !this.#isClosed && this.#deps.isIndexed()) this.#anew();
    });
    return this.#loading;
  }

  async #load(wanted: number, isAnew: boolean): Promise<void> {
    if (!isAnew) this.#show("loading");
    if (isAnew || this.#isPartial) {
      this.#reached = Number.MAX_SAFE_INTEGER;
      this.#found = [];
    }
    // Said before anything is awaited: what changes meanwhile is added to a whole list, and gathered after a partial one.
    this.#isPartial = !this.#deps.isIndexed();
    let failure: Failure | null = null;
    for (let pages = 0; ; pages++) {
      await this.#scan(wanted);
      if (this.#isClosed || this.#found.length >= wanted) break;
      if (pages >= PAGES || !this.#deps.hasGap(this.#roomId)) break;
      failure = await this.#deps.fillGap(this.#roomId);
      if (failure !== null) break;
      while (!this.#isClosed && this.#deps.indexSlice()) await this.#breathe();
      // What has come stands anywhere: the times in a page are those of many clocks.
      this.#reached = Number.MAX_SAFE_INTEGER;
      this.#found = [];
    }
    if (failure !== null) return this.#show({ failed: failure });
    // The rest is being indexed, and looked through when it is.
    if (this.#isPartial && this.#found.length < wanted) return this.#show("loading");
    const isAll = this.#found.length < wanted && !this.#deps.hasGap(this.#roomId);
    this.#show(isAll ? "exhausted" : "idle");
  }

  /** Downwards through what is indexed, until there are `wanted`. */
  async #scan(wanted: number): Promise<void> {
    while (!this.#isClosed && this.#found.length < wanted) {
      const before = this.#reached;
      const { found, scannedTo, lowest } = this.#between(before - 1, 0, wanted - this.#found.length);
      this.#newest = Math.max(this.#newest, scannedTo, 1);
      // Nothing is below: what comes in later stands above, be it the first of all.
      if (lowest === null) return void (this.#reached = 0);
      this.#reached = lowest;
      this.#found = [...this.#found, ...found];
      // A list that is gathered anew is not shown shorter meanwhile.
      if (this.#found.length >= this.view.entries.length) this.#show("loading");
      await this.#breathe();
    }
  }

  /** Those of some documents, newest first; `lowest` is the last that was looked at, null where there was none. */
  #between(newest: number, oldest: number, most: number) {
    const docs = this.#deps.queries.bitsInRoom.all({ roomId: this.#roomId, newest, oldest, limit: SCAN });
    const found: { doc: number; entry: RoomMediaEntry }[] = [];
    let lowest: number | null = null;
    for (const { doc, has } of docs) {
      if (found.length >= most) break;
      lowest = doc;
      if ((has & this.#bits) !== 0) found.push(...this.#entryOf(doc));
    }
    return { found, lowest, scannedTo: docs[0]?.doc ?? 0 };
  }

  #entryOf(doc: number): { doc: number; entry: RoomMediaEntry }[] {
    const row = this.#deps.queries.found.get({ doc });
    const isOurs = row !== undefined && row.roomId === this.#roomId && row.type === "m.room.message";
    const body = isOurs && (row.has & this.#bits) !== 0 ? this.#bodyOf(row) : null;
    return row === undefined || body === null ? [] : [{ doc, entry: this.#entry(row, body) }];
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
    const view = { entries: this.#found.map(({ entry }) => entry), older };
    if (JSON.stringify(view) === JSON.stringify(this.view)) return;
    this.view = view;
    this.#deps.onChange(view);
  }
}
