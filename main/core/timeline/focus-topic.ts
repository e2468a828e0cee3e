import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type {
  FocusState,
  PageDirection,
  PageState,
  TimelineItem,
} from "../../../preload/contract/models/timeline.ts";
import type { TimelineChange } from "../../../preload/contract/topics.ts";
import type { OpenTopic } from "../api.ts";
import { changesOf, type Changes, type Publish } from "../changes.ts";
import { cleanHtml } from "../clean-html.ts";
import type { Failure } from "../failure.ts";
import type { Platform } from "../platform.ts";
import type { Store } from "../store/store.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import { threadQueries } from "../store/queries/threads.ts";
import type { TimelineWriter } from "./apply.ts";
import { diffLists } from "./differ.ts";
import { senderOf } from "./event-item.ts";
import { createFocusLoader, type FetchAround, type FocusLoader } from "./focus-loader.ts";
import { FocusWindow } from "./focus-window.ts";
import type { People } from "./event-item.ts";
import { createItemBuilder, type ItemBuilder, type LocalRow } from "./items.ts";
import { PAGE_SIZE, type FetchMessages } from "./paginator.ts";
import { PollVotes } from "./poll-votes.ts";
import type { Quotes } from "./quote.ts";
import type { FetchRelations } from "./related-events.ts";
import { isInThread, loadThreadFacts } from "./threads.ts";

// Timelines around an event somebody jumped to. Apart from the live ones until they meet the present; then they go on as
// the live ones do. What the server tells for them has no place in the store's timeline (architecture.md, section 6, rule
// 4); the events themselves are kept, or what one sees could not be answered, edited, looked at and forgotten (RED-02).

export interface FocusTopicDeps {
  readonly platform: Pick<Platform, "log">;
  readonly store: Pick<Store, "cache">;
  readonly writer: Pick<TimelineWriter, "keep" | "touched">;
  readonly ownUserId: UserId;
  readonly localRows: (roomId: RoomId) => readonly LocalRow[];
  readonly fetchMessages: FetchMessages;
  readonly fetchAround: FetchAround;
  readonly fetchRelations: FetchRelations;
  readonly publish: Publish;
  readonly powersIn: (roomId: RoomId) => Pick<People, "mayRedact" | "mayNotifyRoom">;
  /** Events have been stored, with or without a place: rows of the queue may be among them. */
  readonly onKept?: (roomId: RoomId) => void;
  readonly quotesIn: (roomId: RoomId, nameOf: (userId: UserId) => string | null) => Quotes;
  readonly onUnauthorized: (failure: Failure) => void;
  readonly dayOf?: (ts: number) => number;
}

export interface FocusTopic {
  open(roomId: RoomId, focus: EventId, emit: (change: TimelineChange) => void): OpenTopic<"timeline">;
  /** A page in a direction; where finding the event failed, another try. Resolves when it is there or has failed. */
  paginate(roomId: RoomId, focus: EventId, direction: PageDirection): Promise<void>;
  /** After each commit. */
  changed(changes: Changes): void;
  /** Other people's words may be shown than before: everything is read anew. */
  peopleChanged(): void;
  /** Gives up requests under way. */
  stop(): Promise<void>;
}

interface Shown {
  readonly items: readonly TimelineItem[];
  readonly older: PageState;
  readonly newer: PageState;
  readonly focus: FocusState;
}

interface Watched {
  readonly roomId: RoomId;
  readonly focus: EventId;
  readonly window: FocusWindow;
  readonly builder: ItemBuilder;
  readonly loader: FocusLoader;
  readonly votes: PollVotes;
  readonly subscribers: Set<(change: TimelineChange) => void>;
  shown: Shown;
}

export function createFocusTopic(deps: FocusTopicDeps): FocusTopic {
  const { store, ownUserId } = deps;
  const queries = timelineQueries(store.cache);
  const threads = threadQueries(store.cache);
  const watched = new Map<string, Watched>();
  const ending = new Set<Promise<void>>();
  const keyOf = (roomId: RoomId, focus: EventId): string => JSON.stringify([roomId, focus]);

  function watch(roomId: RoomId, focus: EventId): Watched {
    const key = keyOf(roomId, focus);
    const known = watched.get(key);
    if (known !== undefined) return known;
    const nameOf = (userId: UserId): string | null => queries.member.get({ roomId, userId })?.name ?? null;
    const quotes = deps.quotesIn(roomId, nameOf);
    const builder = createItemBuilder({
      ownUserId,
      dayOf: deps.dayOf ?? localDayOf,
      nameOf,
      quotes,
      ...deps.powersIn(roomId),
      isElsewhere: isInThread,
      isLocalShown: ({ thread }) => (thread ?? null) === null,
      hasNamesake: (userId, name) => queries.namesake.get({ roomId, userId, name }) !== undefined,
      cleanHtml,
    });
    const { isShown } = builder;
    const window = new FocusWindow({
      roomId,
      ownUserId,
      queries,
      touched: deps.writer.touched,
      isShown,
      cleanHtml,
      threadOf: (root) => loadThreadFacts(threads, roomId, root, ownUserId),
      onTouched: (eventId) => quotes.forget(eventId),
    });
    const loader = createFocusLoader({
      roomId,
      target: targetOf(focus),
      window,
      fetchMessages: deps.fetchMessages,
      fetchAround: deps.fetchAround,
      keep(events) {
        store.cache.transaction(() => {
          for (const event of events) deps.writer.keep(roomId, event);
        });
        deps.onKept?.(roomId);
      },
      log: deps.platform.log,
      onChange: () => show(one),
      onUnauthorized: deps.onUnauthorized,
    });
    const votes = new PollVotes({
      ...{ roomId, store, writer: deps.writer, fetchRelations: deps.fetchRelations },
      onKept: () => deps.publish(changesOf({ timelines: new Set([roomId]) })),
    });
    const shown: Shown = { items: [], older: "idle", newer: "idle", focus: { state: "loading" } };
    const one: Watched = { roomId, focus, window, builder, loader, votes, subscribers: new Set(), shown };
    watched.set(key, one);
    loader.begin();
    one.shown = build(one);
    return one;
  }

  /** An edit is shown where what it edits is. */
  function targetOf(focus: EventId): EventId {
    const stored = queries.storedEvent.get({ eventId: focus });
    return stored?.relType === "m.replace" && stored.relatesTo !== null ? stored.relatesTo : focus;
  }

  function build({ roomId, window, builder, loader, votes }: Watched): Shown {
    const focus = loader.state();
    if (focus !== "found") {
      // What was not found has no pages, or whoever shows it would ask for them again and again.
      const page = focus.state === "failed" ? "exhausted" : "idle";
      return { items: [], older: page, newer: page, focus };
    }
    votes.want(window.entries);
    const isLive = window.isLive();
    const self = queries.member.get({ roomId, userId: ownUserId });
    const items = builder.build({
      entries: window.entries,
      has: (eventId) => window.has(eventId),
      isAtStart: window.isDone("backward"),
      local: isLive ? deps.localRows(roomId) : [],
      fullyRead: null,
      self: senderOf(ownUserId, self?.name ?? null, self?.avatarMxc ?? null, ownUserId),
      threadCounts: new Map(threads.unread.all({ roomId }).map((count) => [count.root, count])),
    });
    const target = nearestItem(window, items, loader.target());
    const inThread = window.entries.find(({ row }) => row.eventId === loader.target())?.row;
    const thread = inThread !== undefined && isInThread(inThread) ? inThread.relatesTo : null;
    return {
      items,
      older: loader.page("backward"),
      newer: loader.page("forward"),
      focus: { state: isLive ? "live" : "shown", target, ...(thread === null ? {} : { thread }) },
    };
  }

  /** Builds what is shown now and tells the watchers the difference. */
  function show(one: Watched): void {
    const was = one.shown;
    const now = build(one);
    one.shown = now;
    const change: TimelineChange = {
      items: diffLists(was.items, now.items),
      ...(isSame(was.older, now.older) ? {} : { older: now.older }),
      ...(isSame(was.newer, now.newer) ? {} : { newer: now.newer }),
      ...(isSame(was.focus, now.focus) ? {} : { focus: now.focus }),
    };
    if (change.items.length === 0 && Object.keys(change).length === 1) return;
    for (const emit of [...one.subscribers]) emit(change);
  }

  function end(key: string, one: Watched): void {
    watched.delete(key);
    one.window.close();
    one.votes.stop();
    const stopping = one.loader.stop().finally(() => ending.delete(stopping));
    ending.add(stopping);
  }

  return {
    open(roomId, focus, emit) {
      const key = keyOf(roomId, focus);
      const one = watch(roomId, focus);
      const subscriber = (change: TimelineChange): void => emit(change);
      one.subscribers.add(subscriber);
      return {
        snapshot: { roomId, ...one.shown },
        stop() {
          one.subscribers.delete(subscriber);
          const now = watched.get(key);
          if (one.subscribers.size === 0 && now?.subscribers === one.subscribers) end(key, now);
        },
      };
    },
    paginate: (roomId, focus, direction) =>
      watched.get(keyOf(roomId, focus))?.loader.paginate(direction) ?? Promise.resolve(),
    changed({ rooms, timelines, queues }) {
      for (const one of watched.values()) {
        const { roomId, window, loader } = one;
        if (!rooms.has(roomId) && !timelines.has(roomId) && !queues.has(roomId)) continue;
        if (timelines.has(roomId)) loader.roomChanged();
        window.refresh(PAGE_SIZE);
        show(one);
      }
    },
    peopleChanged() {
      for (const [key, was] of [...watched]) {
        end(key, was);
        const one = watch(was.roomId, was.focus);
        // What changes is told to the same watchers, against what they have.
        Object.assign(one, { subscribers: was.subscribers, shown: was.shown });
        show(one);
      }
    },
    async stop() {
      for (const [key, one] of [...watched]) end(key, one);
      await Promise.allSettled(ending);
    },
  };
}

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The id of the target's item; where it has none of its own, that of the nearest item before it, else after it. */
function nearestItem(window: FocusWindow, items: readonly TimelineItem[], target: EventId): string | null {
  const idOf = new Map<EventId, string>();
  for (const item of items) if ("eventId" in item && item.eventId !== null) idOf.set(item.eventId, item.id);
  const { entries } = window;
  const at = entries.findIndex((entry) => entry.row.eventId === target);
  for (let i = at; i >= 0; i--) {
    const id = idOf.get(entries[i]?.row.eventId ?? ("" as EventId));
    if (id !== undefined) return id;
  }
  return entries
    .slice(Math.max(at, 0))
    .reduce<string | null>((id, entry) => id ?? idOf.get(entry.row.eventId) ?? null, null);
}

function localDayOf(ts: number): number {
  return new Date(ts).setHours(0, 0, 0, 0);
}
