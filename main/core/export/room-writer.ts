import { join } from "node:path";
import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { beforeAll, type Place } from "../store/queries/timeline.ts";
import type { ArchiveFiles } from "./archive-files.ts";
import { namePart, TornFile } from "./archive-files.ts";
import type { RoomProgress, WrittenRoom } from "./job.ts";
import { element, textOf, type Child } from "./markup.ts";
import type { MediaFiles } from "./media-files.ts";
import { eventMarkup, mediaOf, mediaPathOf, type ShownEvent } from "./message-markup.ts";
import { pageHead, pageTail } from "./page.ts";
import { longDay, words } from "./words.ts";

// One room of the archive, slice by slice: pages to read, and the original events beside them.

/** A stored event with its place, as it is and as it is shown. */
export interface ReadEvent extends Omit<ShownEvent, "item"> {
  readonly place: Place;
  readonly raw: string;
  readonly item: ShownEvent["item"] | null;
}

export interface RoomFacts {
  readonly roomId: RoomId;
  readonly name: string;
  readonly topic: string | null;
  /** Segments whose older neighbour is missing. */
  readonly holes: ReadonlySet<number>;
}

export interface RoomWriterDeps {
  readonly files: ArchiveFiles;
  /** Null: without pictures and files. */
  readonly media: MediaFiles | null;
  /** Of the unfinished archive. */
  readonly dir: string;
  readonly exportedAt: string;
  readonly read: (roomId: RoomId, after: Place, limit: number) => readonly ReadEvent[];
}

/** Events per slice: what is read and made into markup in one go (a few ms), between two turns of the event loop. */
export const SLICE = 100;
/** Messages on one page: more make it slow to open. */
const PAGE = 1000;

export interface Slice {
  readonly progress: RoomProgress;
  readonly isEnd: boolean;
  readonly saved: number;
  readonly missing: number;
}

export const freshRoom = (number: number): RoomProgress => ({
  ...{ number, after: beforeAll, page: 1, pageBytes: 0, pageMessages: 0 },
  ...{ jsonBytes: 0, events: 0, messages: 0, day: null },
});

export const folderOf = (number: number, name: string): string =>
  [String(number).padStart(4, "0"), namePart(name)].filter((part) => part !== "").join("-");

export class RoomWriter {
  readonly #deps: RoomWriterDeps;
  readonly #room: RoomFacts;
  readonly #folder: string;
  /** What stands on the page under way, as far as this run has written it. */
  #here = new Set<EventId>();

  constructor(deps: RoomWriterDeps, room: RoomFacts, number: number) {
    this.#deps = deps;
    this.#room = room;
    this.#folder = folderOf(number, room.name);
  }

  /** Writes what follows `progress`. Throws what the disk says; `TornFile` when the room has to begin anew. */
  async slice(progress: RoomProgress): Promise<Slice> {
    const { read } = this.#deps;
    const events = read(this.#room.roomId, progress.after, SLICE);
    const media = await this.#takeMedia(events);
    const isEnd = events.length < SLICE;
    const { next, content } = this.#content(progress, events, media.names);
    const jsonBytes = await this.#append(
      "events.json",
      progress.jsonBytes,
      this.#json(progress, events, isEnd),
    );
    const isPageEnd = isEnd || next.pageMessages >= PAGE;
    const opening = progress.pageBytes === 0 ? this.#opening(progress.page) : "";
    const closing = isPageEnd ? this.#closing(progress.page, isEnd) : "";
    const pageBytes = await this.#append(
      pageName(progress.page),
      progress.pageBytes,
      opening + content + closing,
    );
    const turned = isPageEnd && !isEnd;
    if (turned) this.#here = new Set();
    return {
      progress: {
        ...next,
        jsonBytes,
        page: turned ? progress.page + 1 : progress.page,
        pageBytes: turned ? 0 : pageBytes,
        pageMessages: turned ? 0 : next.pageMessages,
      },
      isEnd,
      saved: media.saved,
      missing: media.missing,
    };
  }

  written({ messages, page }: RoomProgress): WrittenRoom {
    const { roomId, name, holes } = this.#room;
    return { roomId, name, folder: this.#folder, messages, pages: page, isWhole: holes.size === 0 };
  }

  #append(name: string, length: number, text: string): Promise<number> {
    return this.#deps.files.append(join(this.#deps.dir, "rooms", this.#folder, name), length, text);
  }

  async #takeMedia(events: readonly ReadEvent[]) {
    const { media } = this.#deps;
    const names = new Map<string, string>();
    let [saved, missing] = [0, 0];
    for (const { item } of events) {
      if (item === null || media === null) continue;
      const shownName = item.kind === "message" && "media" in item.body ? item.body.media.name : "";
      for (const path of new Set(mediaOf(item).map(mediaPathOf))) {
        if (names.has(path)) continue;
        const taken = await media.take(path, shownName);
        if (taken === null) missing += 1;
        else {
          names.set(path, taken.name);
          if (taken.isNew) saved += 1;
        }
      }
    }
    return { names, saved, missing };
  }

  #content(before: RoomProgress, events: readonly ReadEvent[], media: ReadonlyMap<string, string>) {
    let { day, messages, pageMessages, after } = before;
    const parts: Child[] = [];
    for (const { item } of events) if (item?.eventId) this.#here.add(item.eventId);
    for (const { item, place, eventId, versions } of events) {
      if (place.segment !== after.segment && this.#room.holes.has(place.segment))
        parts.push("\n", element("p", { class: "hole" }, words.hole));
      after = place;
      if (item === null) continue;
      const today = dayOf(item.ts);
      if (today !== day) parts.push("\n", element("h2", {}, dayTitle(item.ts)));
      day = today;
      parts.push(
        "\n",
        eventMarkup(
          { eventId, item, versions },
          {
            mediaAt: (path) => {
              const name = path === null ? undefined : media.get(path);
              return name === undefined ? null : `../../media/${name}`;
            },
            isHere: (one) => this.#here.has(one),
          },
        ),
      );
      if (item.kind === "state") continue;
      messages += 1;
      pageMessages += 1;
    }
    if (before.events + events.length === 0) parts.push(element("p", { class: "quiet" }, words.nothing));
    const next: RoomProgress = {
      ...before,
      ...{ after, day, messages, pageMessages },
      events: before.events + events.length,
    };
    return { next, content: textOf(parts) };
  }

  #json(before: RoomProgress, events: readonly ReadEvent[], isEnd: boolean): string {
    const { roomId, name, topic, holes } = this.#room;
    const about = { roomId, name, topic, exportedAt: this.#deps.exportedAt, isWhole: holes.size === 0 };
    const opening = before.jsonBytes === 0 ? `{"room":${JSON.stringify(about)},"events":[` : "";
    const list = events.map(({ raw }, i) => `${before.events + i === 0 ? "" : ","}\n${raw}`).join("");
    return `${opening}${list}${isEnd ? "\n]}\n" : ""}`;
  }

  #opening(page: number): string {
    const { name, topic, holes } = this.#room;
    const head = element(
      "header",
      {},
      element("h1", {}, name),
      topic === null ? null : element("p", { class: "quiet" }, topic),
      holes.size > 0 && page === 1 ? element("p", { class: "quiet" }, words.incomplete) : null,
      this.#links(page, false),
    );
    return `${pageHead(page === 1 ? name : `${name}, ${words.page(page)}`)}${head.markup}\n`;
  }

  #closing(page: number, isEnd: boolean): string {
    return `\n${this.#links(page, !isEnd).markup}\n${pageTail}`;
  }

  #links(page: number, hasNext: boolean) {
    return element(
      "nav",
      { "aria-label": words.pages },
      element("a", { href: "../../index.html" }, words.all),
      page > 1 ? element("a", { href: pageName(page - 1) }, words.previous) : null,
      hasNext ? element("a", { href: pageName(page + 1) }, words.next) : null,
      element("a", { href: "events.json" }, words.events),
    );
  }
}

export const pageName = (page: number): string => (page === 1 ? "messages.html" : `messages-${page}.html`);
export const isTorn = (error: unknown): boolean => error instanceof TornFile;

function dayOf(ts: number): number {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? 0 : date.setHours(0, 0, 0, 0);
}
const dayTitle = (ts: number): string => (Number.isNaN(new Date(ts).getTime()) ? "" : longDay(ts));
