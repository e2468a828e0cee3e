import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type {
  PageState,
  Quote,
  ThreadEntry,
  ThreadListView,
} from "../../../preload/contract/models/timeline.ts";
import type { OpenTopic } from "../api.ts";
import { changesOf, type Changes, type Publish } from "../changes.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import type { Failure, Result } from "../failure.ts";
import { threadQueries } from "../store/queries/threads.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import type { TimelineWriter } from "./apply.ts";
import { eventItem, validEdit, type People } from "./event-item.ts";
import type { LocalRow } from "./local-item.ts";
import { quoteOf, type Quotes } from "./quote.ts";
import { loadThreadFacts, threadSummary, waitingInThreads, type ThreadsNow } from "./threads.ts";

// The threads of a room: those that are stored here, and page by page those the server knows.

const PAGE = 30;
/** Shown at most: a list of more is searched, not read. */
const MOST = 500;

export type FetchThreads = (request: {
  readonly roomId: RoomId;
  readonly limit: number;
  readonly from: string | null;
}) => Promise<Result<{ readonly chunk: readonly unknown[]; readonly nextBatch: string | null }>>;

export interface ThreadListDeps {
  readonly store: Pick<Store, "cache">;
  readonly writer: Pick<TimelineWriter, "keep">;
  readonly ownUserId: UserId;
  readonly localRows: (roomId: RoomId) => readonly LocalRow[];
  readonly quotesIn: (roomId: RoomId, nameOf: (userId: UserId) => string | null) => Quotes;
  /** The words of a message that may not be sent yet. */
  readonly quoteOf: (roomId: RoomId, target: MessageTarget) => Quote;
  readonly powersIn: (roomId: RoomId) => Pick<People, "mayRedact" | "mayNotifyRoom">;
  readonly fetchThreads: FetchThreads;
  readonly publish: Publish;
  readonly onUnauthorized: (failure: Failure) => void;
}

interface Watched {
  readonly roomId: RoomId;
  readonly subscribers: Set<(view: ThreadListView) => void>;
  view: ThreadListView;
  more: PageState;
  token: string | null;
  running: Promise<void> | null;
}

export function createThreadList(deps: ThreadListDeps) {
  const { store, ownUserId } = deps;
  const queries = timelineQueries(store.cache);
  const threads = threadQueries(store.cache);
  const watched = new Map<RoomId, Watched>();
  let isStopped = false;

  function build({ roomId, more }: Pick<Watched, "roomId" | "more">): ThreadListView {
    const nameOf = (userId: UserId): string | null => queries.member.get({ roomId, userId })?.name ?? null;
    const quotes = deps.quotesIn(roomId, nameOf);
    const people = { ownUserId, nameOf, ...deps.powersIn(roomId) };
    const local = deps.localRows(roomId);
    const now: ThreadsNow = {
      counts: new Map(threads.unread.all({ roomId }).map((count) => [count.root, count])),
      waiting: waitingInThreads(local),
      quote: (row) => deps.quoteOf(roomId, row),
    };
    const stored = threads.roots.all({ roomId }).map(({ root }) => ({ eventId: root, transactionId: null }));
    // Of two that were answered in one and the same ms the one answered last stands first: sorting keeps their order.
    const lastAt = new Map(
      local.flatMap(({ thread }, at) => namesOf(thread).map((name) => [name, at] as const)),
    );
    const answeredAt = (root: MessageTarget): number =>
      Math.max(-1, ...namesOf(root).map((name) => lastAt.get(name) ?? -1));
    const roots = [...withWaiting(stored, local)].sort((a, b) => answeredAt(b) - answeredAt(a));
    const entries = roots.flatMap((thread): ThreadEntry[] => {
      const { eventId, transactionId } = thread;
      const facts = eventId === null ? null : loadThreadFacts(threads, roomId, eventId, ownUserId);
      const summary = threadSummary(facts, eventId, transactionId, now, (id) => quotes.of(id));
      if (summary === null) return [];
      const row = eventId === null ? undefined : queries.storedRow.get({ roomId, eventId });
      const edits = row === undefined ? [] : queries.editsOf.all({ roomId, eventId: row.eventId });
      const item = row === undefined ? null : eventItem(row, validEdit(row, edits), people);
      const about = item === null ? deps.quoteOf(roomId, thread) : quoteOf(item, eventId, null);
      return [{ thread, about, ts: row?.ts ?? null, summary }];
    });
    entries.sort((a, b) => (b.summary.latestTs ?? 0) - (a.summary.latestTs ?? 0));
    return { threads: entries.slice(0, MOST), more };
  }

  function show(one: Watched): void {
    const view = build(one);
    if (JSON.stringify(view) === JSON.stringify(one.view)) return;
    one.view = view;
    for (const emit of [...one.subscribers]) emit(view);
  }

  /** A page of roots, last active first; each tells of its thread itself. */
  async function ask(one: Watched): Promise<void> {
    const { roomId } = one;
    one.more = "loading";
    show(one);
    const answer = await deps.fetchThreads({ roomId, limit: PAGE, from: one.token });
    if (isStopped) return;
    if (!answer.ok) {
      if (answer.failure.kind === "unauthorized") deps.onUnauthorized(answer.failure);
      one.more = { failed: answer.failure };
      return show(one);
    }
    const roots = answer.value.chunk.map(parseEvent).filter((event): event is MatrixEvent => event !== null);
    one.token = answer.value.nextBatch;
    one.more = one.token === null || roots.length === 0 ? "exhausted" : "idle";
    store.cache.transaction(() => {
      for (const root of roots) deps.writer.keep(roomId, root);
    });
    deps.publish(changesOf({ timelines: new Set([roomId]) }));
    show(one);
  }

  function load(one: Watched): Promise<void> {
    if (one.more === "exhausted" || isStopped) return Promise.resolve();
    one.running ??= ask(one).finally(() => (one.running = null));
    return one.running;
  }

  return {
    open(roomId: RoomId, emit: (view: ThreadListView) => void): OpenTopic<"threads"> {
      let one = watched.get(roomId);
      if (one === undefined) {
        const view = build({ roomId, more: "idle" });
        const fresh: Watched = {
          roomId,
          subscribers: new Set(),
          view,
          more: "idle",
          token: null,
          running: null,
        };
        one = fresh;
        watched.set(roomId, fresh);
        // Not before the caller has what it opened.
        queueMicrotask(() => void load(fresh));
      }
      const open = one;
      const subscriber = (view: ThreadListView): void => emit(view);
      open.subscribers.add(subscriber);
      return {
        snapshot: open.view,
        stop() {
          open.subscribers.delete(subscriber);
          if (open.subscribers.size === 0 && watched.get(roomId) === open) watched.delete(roomId);
        },
      };
    },
    async more(roomId: RoomId): Promise<void> {
      const one = watched.get(roomId);
      if (one !== undefined) await load(one);
    },
    /** After each commit. */
    changed({ rooms, timelines, queues }: Changes): void {
      for (const [roomId, one] of watched)
        if (rooms.has(roomId) || timelines.has(roomId) || queues.has(roomId)) show(one);
    },
    /** Other people's words may be shown than before. */
    peopleChanged: () => [...watched.values()].forEach(show),
    /** There is a connection again. */
    wake(): void {
      for (const one of watched.values()) if (typeof one.more === "object") void load(one);
    },
    async stop(): Promise<void> {
      isStopped = true;
      await Promise.allSettled([...watched.values()].flatMap(({ running }) => running ?? []));
      watched.clear();
    },
  };
}

/** The threads of the store, and those where nothing but words of ours waits. */
function withWaiting(stored: readonly MessageTarget[], local: readonly LocalRow[]): readonly MessageTarget[] {
  const all = new Map(
    stored.map((thread) => [thread.eventId, thread] as readonly [string | null, MessageTarget]),
  );
  for (const { thread } of local) {
    const key = thread?.eventId ?? thread?.transactionId ?? null;
    if (thread !== null && thread !== undefined && !all.has(key)) all.set(key, thread);
  }
  return [...all.values()];
}

/** Which thread an event stands in; null for the room's own timeline. */
export function createThreadsOf(store: Pick<Store, "cache">) {
  const threads = threadQueries(store.cache);
  return {
    /** The room has threads: reading its own timeline is not reading all of it. */
    hasAny: (roomId: RoomId): boolean =>
      threads.hasThreads.get({ roomId }) !== undefined || threads.unread.all({ roomId }).length > 0,
    /** Replies that notify and are not read, in all threads of a room. */
    unread(roomId: RoomId): { readonly unread: number; readonly highlight: number } {
      const counts = threads.unread.all({ roomId });
      return {
        unread: counts.reduce((sum, { unread }) => sum + unread, 0),
        highlight: counts.reduce((sum, { highlight }) => sum + highlight, 0),
      };
    },
    readHere: (roomId: RoomId, root: EventId): void => void threads.removeCount.run({ roomId, root }),
    /** What the server says now of the threads of a room; inside the caller's transaction. */
    applyCounts(roomId: RoomId, counts: ReadonlyMap<EventId, { unread: number; highlight: number }>): void {
      threads.removeCounts.run({ roomId });
      for (const [root, { unread, highlight }] of counts)
        if (unread > 0) threads.putCount.run({ roomId, root, unread, highlight });
    },
  };
}

const namesOf = (root: MessageTarget | null | undefined): readonly string[] =>
  [root?.eventId, root?.transactionId].filter((name) => typeof name === "string");
