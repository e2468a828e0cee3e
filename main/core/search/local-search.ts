import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Clock } from "../platform.ts";
import type { DocRange, SearchDoc, SearchQueries } from "../store/queries/search.ts";
import { firstDocument, hasBits } from "./document.ts";
import type { SearchQuery } from "./query.ts";

// Finding in what is stored, newest first, in steps: some of the newest matches, then more of those before them. Not in
// windows of time: what a statement costs is reading the lists of its terms until enough are in all of them, and the index
// reads them to their end before it looks at the end of a window. Narrow windows on a slow machine would never end.

/** Candidates read at once: few for the first answer, then more, as finding the place to go on from costs, too. */
const FIRST_CHUNK = 30;
const LARGEST_CHUNK = 1000;
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
  readonly #read: (range: DocRange) => readonly SearchDoc[];
  #newest: number;
  #chunk = FIRST_CHUNK;

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
      const limit = this.#chunk;
      const docs = this.#read({ newest: this.#newest, oldest: this.#oldest, limit });
      let taken: SearchDoc | undefined;
      for (const doc of docs) {
        taken = doc;
        if (this.#isWanted(doc)) found.push(doc);
        if (found.length >= enough) break;
      }
      const isLast = docs.length < limit && taken === docs.at(-1);
      this.#newest = isLast || taken === undefined ? this.#oldest - 1 : taken.doc - 1;
      this.#chunk = Math.min(limit * 2, LARGEST_CHUNK);
    } while (!this.isDone && found.length < enough && this.#clock.monotonic() < end);
    return found;
  }

  /** Which way into the documents is the shortest. */
  #reader(): (range: DocRange) => readonly SearchDoc[] {
    const queries = this.#queries;
    const [room, ...others] = this.#scope.rooms ?? [];
    if (room !== undefined && others.length === 0) {
      const isSmall = queries.isSmallRoom.get({ roomId: room, most: SMALL_ROOM })?.isSmall === 1;
      if (isSmall || this.#query.terms.length === 0)
        return (range) => queries.inRoom.all({ roomId: room, ...range });
    }
    const long = this.#query.terms.filter(isLong);
    if (long.length > 0) {
      const match = long.map(quoted).join(" ");
      return (range) => queries.matches.all({ match, ...range });
    }
    const short = this.#query.terms.filter((term) => shortMatch(term) !== null);
    if (short.length > 0) {
      const match = short.map((term) => shortMatch(term)).join(" AND ");
      return (range) => queries.shortMatches.all({ match, ...range });
    }
    return (range) => queries.anywhere.all(range);
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
