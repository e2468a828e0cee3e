import type { UserId } from "../../../preload/contract/ids.ts";
import type { SearchParams, SearchView } from "../../../preload/contract/models/search.ts";
import type { OpenTopic } from "../api.ts";
import type { Changes } from "../changes.ts";
import type { Failure } from "../failure.ts";
import { mxcPath, parseMxc } from "../mxc.ts";
import type { Clock, Log } from "../platform.ts";
import { searchQueries } from "../store/queries/search.ts";
import type { Store } from "../store/store.ts";
import { createIndexer, type IndexedDocument } from "./indexer.ts";
import { RunningSearch } from "./running-search.ts";
import type { SearchServer } from "./server-search.ts";

// Who searches for what. One running search per question, however often it is asked.

export interface SearchTopicDeps {
  readonly store: Pick<Store, "cache">;
  readonly clock: Clock;
  readonly log: Log;
  readonly ownUserId: UserId;
  readonly searchServer: SearchServer;
  readonly onUnauthorized: (failure: Failure) => void;
  /** After every slice of the indexer. */
  readonly onIndexed: (docs: readonly IndexedDocument[]) => void;
}

export interface SearchTopic {
  open(params: SearchParams, emit: (view: SearchView) => void): OpenTopic<"search">;
  /** More results; resolves when the server has answered, where it is its turn. */
  more(params: SearchParams): Promise<void>;
  /** After each commit. */
  changed(changes: Changes): void;
  /** Other people's words may be shown than before. */
  peopleChanged(): void;
  /** Everything stored is indexed. */
  isIndexed(): boolean;
  /** Indexes for a moment; false when everything stored is indexed. */
  indexSlice(): boolean;
  start(): void;
  stop(): void;
}

interface Watched {
  readonly search: RunningSearch;
  readonly subscribers: Set<(view: SearchView) => void>;
}

/** The size of avatars in lists on a dense screen. */
const AVATAR = { width: 96, height: 96, method: "crop" } as const;

export function createSearchTopic(deps: SearchTopicDeps): SearchTopic {
  const { store, clock, log } = deps;
  const queries = searchQueries(store.cache);
  const watched = new Map<string, Watched>();
  const indexer = createIndexer({
    store,
    queries,
    clock,
    log,
    onProgress() {
      for (const { search } of watched.values()) search.indexMoved();
    },
    onIndexed: deps.onIndexed,
  });
  const keyOf = ({ text, roomId }: SearchParams): string => JSON.stringify([text, roomId]);

  function watch(params: SearchParams): Watched {
    const key = keyOf(params);
    const known = watched.get(key);
    if (known !== undefined) return known;
    const subscribers = new Set<(view: SearchView) => void>();
    const search = new RunningSearch({
      queries,
      clock,
      params,
      indexer,
      ownUserId: deps.ownUserId,
      searchServer: deps.searchServer,
      avatarPath: (mxc) => {
        const parsed = parseMxc(mxc);
        return parsed === null ? null : mxcPath(parsed, AVATAR);
      },
      onUnauthorized: deps.onUnauthorized,
      onChange: (view) => {
        for (const emit of [...subscribers]) emit(view);
      },
    });
    const one: Watched = { search, subscribers };
    watched.set(key, one);
    return one;
  }

  return {
    open(params, emit) {
      const key = keyOf(params);
      const one = watch(params);
      const subscriber = (view: SearchView): void => emit(view);
      one.subscribers.add(subscriber);
      return {
        snapshot: one.search.view,
        stop() {
          one.subscribers.delete(subscriber);
          if (one.subscribers.size > 0 || watched.get(key) !== one) return;
          watched.delete(key);
          one.search.close();
        },
      };
    },
    more: (params) => watched.get(keyOf(params))?.search.more() ?? Promise.resolve(),
    changed({ timelines }) {
      if (timelines.size === 0) return;
      indexer.soon();
      for (const { search } of watched.values()) search.roomsChanged(timelines);
    },
    peopleChanged() {
      for (const { search } of watched.values()) search.peopleChanged();
    },
    isIndexed: () => indexer.progress() >= 1,
    indexSlice: () => indexer.slice(),
    start: () => indexer.start(),
    stop() {
      indexer.stop();
      for (const { search } of watched.values()) search.close();
    },
  };
}
