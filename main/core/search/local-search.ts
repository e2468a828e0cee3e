import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Clock } from "../platform.ts";
import type { SearchDoc, SearchQueries } from "../store/queries/search.ts";
import { firstDocument, hasBits } from "./document.ts";
import type { SearchQuery } from "./query.ts";

// Finding in what is stored, newest first, in steps that never hold the thread for long: the index is read backwards in
// windows of time, each as wide as the last one was quick. A rare phrase made of common letters costs many short steps
// instead of one long one.

/** What a window should take, ms; and its width, in documents numbers, before anything is known. */
const STEP_MS = 4;
const FIRST_WINDOW = 2 ** 45;
const NARROWEST = 2 ** 22;
/** Candidates read at once. */
const CHUNK = 100;
/** A room with fewer documents is read directly: the index knows no rooms. */
const SMALL_ROOM = 3000;

/** Filters with names resolved; null: any. */
export interface Scope {
  readonly rooms: ReadonlySet<RoomId> | null;
  readonly senders: ReadonlySet<UserId> | null;
}

/** A search under way. Continue with `step` until enough is found or `isDone`. */
export class LocalSearch {
  readonly #queries: SearchQueries;
  readonly #clock: Clock;
  readonly #query: SearchQuery;
  readonly #scope: Scope;
  readonly #has: number;
  readonly #oldest: number;
  readonly #read: (newest: number, oldest: number) => readonly SearchDoc[];
  #newest: number;
  #window = FIRST_WINDOW;

  constructor(queries: SearchQueries, clock: Clock, query: SearchQuery, scope: Scope) {
    this.#queries = queries;
    this.#clock = clock;
    this.#query = query;
    this.#scope = scope;
    this.#has = query.has.reduce((bits, kind) => bits | hasBits[kind], 0);
    const range = queries.range.get({});
    this.#oldest = Math.max(range?.oldest ?? 0, firstDocument(query.after ?? 0));
    const before = query.before === null ? Infinity : firstDocument(query.before) - 1;
    this.#newest = Math.min(range?.newest ?? -1, before);
    this.#read = this.#reader();
  }

  /** Everything newer than this has been found, as a time (ms since the epoch); at the end it is 0. */
  get reached(): number {
    return this.isDone ? 0 : Math.ceil(this.#newest / firstDocument(1));
  }

  get isDone(): boolean {
    return this.#newest < this.#oldest;
  }

  /** Searches on for about `ms`, or until `enough` are found. Newest first. */
  step(enough: number, ms: number): readonly SearchDoc[] {
    const found: SearchDoc[] = [];
    const end = this.#clock.monotonic() + ms;
    do {
      const start = this.#clock.monotonic();
      const oldest = Math.max(this.#oldest, this.#newest - this.#window);
      const docs = this.#read(this.#newest, oldest);
      const last = docs.at(-1);
      let taken: SearchDoc | undefined;
      for (const doc of docs) {
        taken = doc;
        if (this.#isWanted(doc)) found.push(doc);
        if (found.length >= enough) break;
      }
      const isWhole = docs.length < CHUNK && taken === last;
      this.#newest = isWhole || taken === undefined ? oldest - 1 : taken.doc - 1;
      const took = this.#clock.monotonic() - start;
      if (took > STEP_MS) this.#window = Math.max(NARROWEST, Math.floor(this.#window / 2));
      else if (isWhole) this.#window = Math.min(2 ** 52, this.#window * 2);
    } while (!this.isDone && found.length < enough && this.#clock.monotonic() < end);
    return found;
  }

  /** Which way into the documents is the shortest. */
  #reader(): (newest: number, oldest: number) => readonly SearchDoc[] {
    const queries = this.#queries;
    const limit = CHUNK;
    const [room, ...others] = this.#scope.rooms ?? [];
    if (room !== undefined && others.length === 0) {
      const isSmall = queries.isSmallRoom.get({ roomId: room, most: SMALL_ROOM })?.isSmall === 1;
      if (isSmall || this.#query.terms.length === 0)
        return (newest, oldest) => queries.inRoom.all({ roomId: room, newest, oldest, limit });
    }
    const long = this.#query.terms.filter(isLong);
    if (long.length > 0) {
      const match = long.map(quoted).join(" ");
      return (newest, oldest) => queries.matches.all({ match, newest, oldest, limit });
    }
    const short = this.#query.terms.filter((term) => shortMatch(term) !== null);
    if (short.length > 0) {
      const match = short.map((term) => shortMatch(term)).join(" AND ");
      return (newest, oldest) => queries.shortMatches.all({ match, newest, oldest, limit });
    }
    return (newest, oldest) => queries.anywhere.all({ newest, oldest, limit });
  }

  #isWanted({ roomId, sender, has, text }: SearchDoc): boolean {
    const { rooms, senders } = this.#scope;
    return (
      (rooms === null || rooms.has(roomId)) &&
      (senders === null || senders.has(sender)) &&
      (this.#has & ~has) === 0 &&
      this.#query.terms.every((term) => text.includes(term))
    );
  }
}

/** Trigrams need three characters. */
const isLong = (term: string): boolean => Array.from(term).length >= 3;

const quoted = (term: string): string => `"${term.replaceAll('"', '""')}"`;

/** One or two characters stand at the beginning of a term; null when there is nothing to look up. */
function shortMatch(term: string): string | null {
  const wanted = term.replace(/\s+/gu, "");
  return wanted === "" ? null : quoted(wanted);
}
