import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { PageState, TimelineItem } from "../../../preload/contract/models/timeline.ts";
import type { TimelineChange } from "../../../preload/contract/topics.ts";
import type { OpenTopic } from "../api.ts";
import { changesOf, type Changes, type Publish } from "../changes.ts";
import { cleanHtml } from "../clean-html.ts";
import type { MatrixEvent } from "../event.ts";
import type { Failure } from "../failure.ts";
import { threadQueries } from "../store/queries/threads.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import type { TimelineWriter } from "./apply.ts";
import { diffLists } from "./differ.ts";
import { senderOf, type People } from "./event-item.ts";
import { createItemBuilder, type ItemBuilder, type LocalRow } from "./items.ts";
import type { Quotes } from "./quote.ts";
import type { FetchRelations } from "./related-events.ts";
import { ThreadLoader } from "./thread-loader.ts";
import { ThreadWindow } from "./thread-window.ts";
import type { TouchedRows } from "./touched.ts";

// Timelines of threads: the root, and what was said about it. What is stored shows at once, the server's pages join it;
// a root of ours that is not sent yet has a thread as well.

export interface ThreadTopicDeps {
  readonly store: Pick<Store, "cache">;
  readonly writer: Pick<TimelineWriter, "keep">;
  readonly touched: TouchedRows;
  readonly ownUserId: UserId;
  readonly localRows: (roomId: RoomId) => readonly LocalRow[];
  /** The transaction id that a waiting message goes under now; by default its own. */
  readonly currentId?: (transactionId: TransactionId) => TransactionId;
  readonly fetchRelations: FetchRelations;
  readonly powersIn: (roomId: RoomId) => Pick<People, "mayRedact" | "mayNotifyRoom">;
  readonly quotesIn: (roomId: RoomId, nameOf: (userId: UserId) => string | null) => Quotes;
  /** Asks for a root that is not stored. */
  readonly want: (roomId: RoomId, eventId: EventId) => "loading" | "missing";
  readonly publish: Publish;
  readonly onUnauthorized: (failure: Failure) => void;
  readonly dayOf: (ts: number) => number;
}

/** What is there once the root has an event id. */
interface Known {
  readonly root: EventId;
  readonly window: ThreadWindow;
  readonly loader: ThreadLoader;
  /** Where the "New" line stands for as long as somebody looks. */
  readonly lastRead: EventId | null;
  segment: number | null;
}

interface Watched {
  readonly roomId: RoomId;
  readonly target: MessageTarget;
  readonly builder: ItemBuilder;
  readonly quotes: Quotes;
  readonly subscribers: Set<(change: TimelineChange) => void>;
  known: Known | null;
  items: readonly TimelineItem[];
  older: PageState;
  /** As the watchers know it. */
  root: EventId | null;
}

export function createThreadTopic(deps: ThreadTopicDeps) {
  const { store, ownUserId } = deps;
  const queries = timelineQueries(store.cache);
  const threads = threadQueries(store.cache);
  const watched = new Map<string, Watched>();
  const ending = new Set<Promise<void>>();
  const keyOf = (roomId: RoomId, { eventId, transactionId }: MessageTarget): string =>
    JSON.stringify([roomId, eventId ?? transactionId]);

  /** The id that the root goes under now: an edit may have given it another one than it was opened by. */
  const sentUnder = ({ transactionId }: MessageTarget): TransactionId | null =>
    transactionId === null ? null : (deps.currentId?.(transactionId) ?? transactionId);

  /** The root's event id, by the id it was sent under where need be; null while it is not sent. */
  function rootOf(roomId: RoomId, target: MessageTarget): EventId | null {
    const transactionId = sentUnder(target);
    if (target.eventId !== null || transactionId === null) return target.eventId;
    return (
      threads.sentAs.get({ roomId, transactionId, userId: ownUserId })?.eventId ??
      deps.localRows(roomId).find((row) => row.transactionId === transactionId)?.eventId ??
      null
    );
  }

  function belongs(one: Watched, { thread, eventId, transactionId }: LocalRow): boolean {
    const root = one.known?.root ?? null;
    const target = thread ?? { eventId, transactionId };
    if (root !== null && target.eventId === root) return true;
    return target.transactionId !== null && target.transactionId === sentUnder(one.target);
  }

  function watch(roomId: RoomId, target: MessageTarget): Watched {
    const key = keyOf(roomId, target);
    const open = watched.get(key);
    if (open !== undefined) return open;
    const nameOf = (userId: UserId): string | null => queries.member.get({ roomId, userId })?.name ?? null;
    const quotes = deps.quotesIn(roomId, nameOf);
    const builder = createItemBuilder({
      ...{ ownUserId, nameOf, quotes, cleanHtml, dayOf: deps.dayOf },
      ...deps.powersIn(roomId),
      hasNamesake: (userId, name) => queries.namesake.get({ roomId, userId, name }) !== undefined,
      isThread: true,
      isLocalShown: (local) => belongs(one, local),
    });
    const one: Watched = {
      ...{ roomId, target, builder, quotes, subscribers: new Set(), known: null, items: [] },
      older: "idle",
      root: null,
    };
    watched.set(key, one);
    learn(one);
    one.root = one.known?.root ?? null;
    one.items = build(one);
    one.older = olderOf(one);
    return one;
  }

  /** The root may have an event id by now. */
  function learn(one: Watched): void {
    const { roomId, quotes } = one;
    const root = one.known === null ? rootOf(roomId, one.target) : null;
    if (root === null) return;
    const window = new ThreadWindow({
      ...{ roomId, root, ownUserId, queries, threads, touched: deps.touched },
      onTouched: (eventId) => quotes.forget(eventId),
    });
    const loader = new ThreadLoader({
      ...{ roomId, root, fetchRelations: deps.fetchRelations, onUnauthorized: deps.onUnauthorized },
      keep: (events) => keep(roomId, events),
      onKept: () => deps.publish(changesOf({ timelines: new Set([roomId]) })),
      onFloor: (floor) => window.setFloor(floor),
      onChange: () => show(one),
    });
    const segment = threads.newestSegment.get({ roomId })?.segment ?? null;
    one.known = { root, window, loader, lastRead: window.lastRead(), segment };
    // Not before the caller has what it opened.
    queueMicrotask(() => void loader.load());
  }

  function keep(roomId: RoomId, events: readonly MatrixEvent[]): void {
    store.cache.transaction(() => {
      for (const event of events) deps.writer.keep(roomId, event);
    });
  }

  function build(one: Watched): readonly TimelineItem[] {
    const { roomId, builder, known } = one;
    if (known !== null && !known.window.hasRoot) deps.want(roomId, known.root);
    const self = queries.member.get({ roomId, userId: ownUserId });
    const items = builder.build({
      entries: known?.window.entries ?? [],
      has: (eventId) => known?.window.has(eventId) === true,
      isAtStart: false,
      local: deps.localRows(roomId),
      fullyRead: known?.lastRead ?? null,
      self: senderOf(ownUserId, self?.name ?? null, self?.avatarMxc ?? null, ownUserId),
    });
    return known === null ? items : withGap(items, known);
  }

  function olderOf({ known }: Watched): PageState {
    if (known === null) return "exhausted";
    if (known.window.hasMore) return "idle";
    // What is missing lies after it.
    return known.loader.hole?.wasWhole === true ? "exhausted" : known.loader.state;
  }

  /** Builds what is shown now and tells the watchers the difference. */
  function show(one: Watched): void {
    const items = build(one);
    const older = olderOf(one);
    const changes = diffLists(one.items, items);
    const root = one.known?.root ?? null;
    const other = {
      ...(JSON.stringify(older) === JSON.stringify(one.older) ? {} : { older }),
      ...(root === one.root ? {} : { root }),
    };
    Object.assign(one, { items, older, root });
    if (changes.length === 0 && Object.keys(other).length === 0) return;
    const change: TimelineChange = { items: changes, ...other };
    for (const emit of [...one.subscribers]) emit(change);
  }

  function end(key: string, one: Watched): void {
    watched.delete(key);
    if (one.known === null) return;
    one.known.window.close();
    const stopping = one.known.loader.stop().finally(() => ending.delete(stopping));
    ending.add(stopping);
  }

  function refresh(one: Watched, hasNews: boolean): void {
    learn(one);
    const { known, roomId } = one;
    if (known !== null && hasNews) {
      const segment = threads.newestSegment.get({ roomId })?.segment ?? null;
      // A hole has opened in the room; replies may be in it, and those after it are not joined to what was here.
      if (segment !== known.segment) void known.loader.renew(known.window.whole);
      known.segment = segment;
      known.window.refresh();
    }
    show(one);
  }

  return {
    open(
      roomId: RoomId,
      target: MessageTarget,
      emit: (change: TimelineChange) => void,
    ): OpenTopic<"timeline"> {
      const key = keyOf(roomId, target);
      const one = watch(roomId, target);
      const subscriber = (change: TimelineChange): void => emit(change);
      one.subscribers.add(subscriber);
      return {
        snapshot: { roomId, items: one.items, older: one.older, root: one.root },
        stop() {
          one.subscribers.delete(subscriber);
          const now = watched.get(key);
          if (one.subscribers.size === 0 && now?.subscribers === one.subscribers) end(key, now);
        },
      };
    },
    async paginate(roomId: RoomId, target: MessageTarget): Promise<void> {
      const one = watched.get(keyOf(roomId, target));
      const known = one?.known ?? null;
      if (one === undefined || known === null) return;
      const { window, loader } = known;
      if (!window.hasMore) return loader.load();
      window.grow();
      show(one);
      if (loader.hole !== null) return loader.load();
    },
    /** After each commit. */
    changed({ rooms, timelines, queues }: Changes): void {
      for (const one of watched.values()) {
        const { roomId } = one;
        if (rooms.has(roomId) || timelines.has(roomId) || queues.has(roomId))
          refresh(one, timelines.has(roomId) || rooms.has(roomId));
      }
    },
    /** Other people's words may be shown than before: everything is read anew. */
    peopleChanged(): void {
      for (const [key, was] of [...watched]) {
        end(key, was);
        const one = watch(was.roomId, was.target);
        // What changes is told to the same watchers, against what they have.
        Object.assign(one, {
          ...{ subscribers: was.subscribers, items: was.items, older: was.older, root: was.root },
        });
        show(one);
      }
    },
    /** There is a connection again: what could not be asked for is asked for now. */
    wake(): void {
      for (const { known } of watched.values())
        if (known !== null && typeof known.loader.state === "object") void known.loader.load();
    },
    async stop(): Promise<void> {
      for (const [key, one] of [...watched]) end(key, one);
      await Promise.allSettled(ending);
    },
  };
}

/** The items with what was missed, at its place: between what was here before and what has come since. */
function withGap(items: readonly TimelineItem[], { root, loader }: Known): readonly TimelineItem[] {
  const { hole, state } = loader;
  if (hole === null) return items;
  const isSince = (item: TimelineItem): boolean =>
    "eventId" in item && item.eventId !== root && (item.eventId === null || !hole.before.has(item.eventId));
  const first = items.findIndex(isSince);
  let at = first < 0 ? items.length : first;
  // A day or a line that begins with what came since belongs to that.
  while (items[at - 1]?.kind === "date" || items[at - 1]?.kind === "read-marker") at -= 1;
  // Above the first item stands already that something is missing there.
  if (at === 0 && !hole.wasWhole) return items;
  return items.toSpliced(at, 0, {
    id: "gap",
    kind: "gap",
    state: typeof state === "object" ? state : "loading",
  });
}
