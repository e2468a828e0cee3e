import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageBody } from "../../../preload/contract/models/timeline.ts";
import type { Handlers, TopicSources } from "../api.ts";
import type { Changes } from "../changes.ts";
import type { JsonObject } from "../event.ts";
import type { Failure } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { searchQueries } from "../store/queries/search.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import { firstDocument } from "./document.ts";
import { createHistory, type History } from "./history.ts";
import { createRoomMediaTopic, type RoomMediaTopic } from "./room-media-topic.ts";
import { createSearchTopic } from "./search-topic.ts";
import type { SearchServer } from "./server-search.ts";

// What of this folder the session needs: searching, and fetching what is to be searched.

export interface FindingDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Pick<Store, "cache">;
  readonly ownUserId: UserId;
  readonly searchServer: SearchServer;
  /** Puts one page into the newest hole of a room. */
  readonly fillGap: (roomId: RoomId) => Promise<Failure | null>;
  readonly onUnauthorized: (failure: Failure) => void;
  /** What a message says, as the page shows it; null where it is none. */
  readonly bodyOf: (content: JsonObject) => MessageBody | null;
}

export type FindingHandlers = Pick<
  Handlers,
  "searchMore" | "moreRoomMedia" | "fetchHistory" | "pauseHistory"
>;

export interface Finding {
  readonly handlers: FindingHandlers;
  readonly sources: Pick<TopicSources, "search" | "roomMedia" | "history">;
  readonly history: History;
  /** The stored message nearest to a time, at it or after it, else before it. */
  storedAt(roomId: RoomId, ts: number): { readonly eventId: EventId; readonly ts: number } | null;
  /** After each commit. */
  changed(changes: Changes): void;
  /** Other people's words may be shown than before. */
  peopleChanged(): void;
  start(): void;
  stop(): void;
}

export function createFinding(deps: FindingDeps): Finding {
  const { store, platform } = deps;
  const queries = searchQueries(store.cache);
  const { clock, log } = platform;
  const search = createSearchTopic({ ...deps, clock, log, onIndexed: (docs) => roomMedia.indexed(docs) });
  const timeline = timelineQueries(store.cache);
  const roomMedia: RoomMediaTopic = createRoomMediaTopic({
    ...{ queries, clock, ownUserId: deps.ownUserId, bodyOf: deps.bodyOf, fillGap: deps.fillGap },
    hasGap: (roomId) => timeline.segments.all({ roomId }).some(({ prevBatch }) => prevBatch !== null),
    isIndexed: () => search.isIndexed(),
    indexSlice: () => search.indexSlice(),
  });
  const history = createHistory({ store, ...platform, fillGap: deps.fillGap });
  return {
    handlers: {
      searchMore: (params) => search.more(params),
      moreRoomMedia: (params) => roomMedia.more(params),
      fetchHistory: ({ roomId, isOn }) => history.fetch(roomId, isOn),
      pauseHistory: ({ isPaused }) => history.pause(isPaused),
    },
    sources: {
      search: (params, emit) => search.open(params, emit),
      roomMedia: (params, emit) => roomMedia.open(params, emit),
      history: (_params, emit) => ({ snapshot: history.view(), stop: history.watch(emit) }),
    },
    history,
    storedAt(roomId, ts) {
      const doc = firstDocument(ts);
      const found = queries.docFrom.get({ roomId, doc }) ?? queries.docBefore.get({ roomId, doc });
      return found ?? null;
    },
    changed(changes) {
      search.changed(changes);
      roomMedia.changed(changes.timelines);
    },
    peopleChanged() {
      search.peopleChanged();
      roomMedia.peopleChanged();
    },
    start() {
      search.start();
      history.start();
    },
    stop() {
      search.stop();
      roomMedia.stop();
      history.stop();
    },
  };
}
