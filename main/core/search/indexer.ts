import type { RoomId } from "../../../preload/contract/ids.ts";
import type { Clock, Log } from "../platform.ts";
import { toFailure } from "../failure.ts";
import type { IndexedEvent, SearchQueries } from "../store/queries/search.ts";
import type { Store } from "../store/store.ts";
import { documentNumber, documentOf, foldedText, shortTerms } from "./document.ts";

// Makes documents of what is cached, in slices so short that no key press waits for one. What is to be done is noted in
// the transaction that stored the event (the migration's triggers), so that a kill loses nothing of it.

/** The longest a slice holds the thread, ms; and the pause after it. */
export const SLICE_MS = 8;
const PAUSE_MS = 8;
/** Rows read at once: enough to be worth a statement, few enough to stop in time. */
const ROWS = 20;
/** After a commit: other work of the same moment goes first, and bursts are taken together. */
const SOON_MS = 40;

/** Something is still to be indexed; how much, nobody counts. */
const ALMOST = 0.99;

/** One that can be found now, or is there anew. */
export interface IndexedDocument {
  readonly roomId: RoomId;
  readonly doc: number;
}

export interface IndexerDeps {
  readonly store: Pick<Store, "cache">;
  readonly queries: SearchQueries;
  readonly clock: Clock;
  readonly log: Log;
  /** Something is in the index that was not, or all is. */
  readonly onProgress: () => void;
  /** After every slice, whoever asked for it. */
  readonly onIndexed: (docs: readonly IndexedDocument[]) => void;
}

export interface Indexer {
  /** Something was stored: it will be indexed in a moment. */
  soon(): void;
  /** Works for one slice now. False when everything is indexed. */
  slice(): boolean;
  /** How much of what is cached can be found, 0…1; 1 when everything can. */
  progress(): number;
  start(): void;
  stop(): void;
}

export function createIndexer(deps: IndexerDeps): Indexer {
  const { store, queries, clock } = deps;
  let cancel: (() => void) | null = null;
  let isStopped = false;
  /** Of the slice that is under way. */
  let docs: IndexedDocument[] = [];

  function put(event: IndexedEvent): void {
    queries.removeDoc.run(event);
    const parts = documentOf(event, queries.edits.all(event));
    if (parts === null) return;
    const text = foldedText(parts);
    const doc = documentNumber(
      event.ts,
      event.eventId,
      (candidate) => queries.docTaken.get({ doc: candidate }) !== undefined,
    );
    const { eventId, roomId, sender } = event;
    queries.insertDoc.run({ doc, eventId, roomId, sender, has: parts.has, text, short: shortTerms(text) });
    docs.push({ roomId, doc });
  }

  /** Ascending, as the index likes them; an event that cannot be read must not stop the others. */
  function putAll(events: readonly IndexedEvent[]): void {
    for (const event of events.toSorted((a, b) => a.ts - b.ts)) {
      try {
        put(event);
      } catch (error) {
        if (toFailure(error).kind === "storage") throw error;
        deps.log("warn", "not-indexed", { eventId: event.eventId });
      }
    }
  }

  /** A few of what is noted; false when nothing is. */
  function takePending(): boolean {
    const events = queries.pending.all({ limit: ROWS });
    if (events.length === 0) {
      // Edits of events that never came: noted by them when they do.
      if (queries.hasPending.get({}) !== undefined) queries.forgetUnknownPending.run({});
      return false;
    }
    putAll(events);
    for (const event of events) queries.removePending.run(event);
    return true;
  }

  /** A few of what was cached before there was an index; false when all of it is indexed. */
  function crawl(): boolean {
    const below = queries.below.get({})?.value;
    if (below === undefined) return false;
    const events = queries.uncrawled.all({ below, limit: ROWS });
    const last = events.at(-1);
    putAll(events);
    if (last === undefined || events.length < ROWS) queries.removeBelow.run({});
    else queries.setBelow.run({ value: last.row });
    return true;
  }

  function slice(): boolean {
    const end = clock.monotonic() + SLICE_MS;
    docs = [];
    const hasMore = store.cache.transaction(() => {
      do if (!takePending() && !crawl()) return false;
      while (clock.monotonic() < end);
      return true;
    });
    deps.onIndexed(docs);
    return hasMore;
  }

  function run(): void {
    cancel = null;
    if (isStopped) return;
    try {
      const hasMore = slice();
      deps.onProgress();
      if (hasMore) schedule(PAUSE_MS);
    } catch (error) {
      // A full disk: the next commit that succeeds says that there is room again.
      deps.log("warn", "index-slice-failed", { kind: toFailure(error).kind });
    }
  }

  function schedule(ms: number): void {
    if (cancel === null && !isStopped) cancel = clock.after(ms, run);
  }

  return {
    soon: () => schedule(SOON_MS),
    slice,
    progress() {
      const below = queries.below.get({})?.value;
      const newest = queries.newestRow.get({})?.row ?? 0;
      const crawled = below === undefined || newest <= 0 ? 1 : Math.max(0, 1 - below / (newest + 1));
      return queries.hasPending.get({}) === undefined ? crawled : Math.min(ALMOST, crawled);
    },
    start() {
      isStopped = false;
      schedule(SOON_MS);
    },
    stop() {
      isStopped = true;
      cancel?.();
      cancel = null;
    },
  };
}
