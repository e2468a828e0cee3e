import type { CallId, EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type {
  PageDirection,
  PageState,
  Quote,
  TimelineItem,
} from "../../../preload/contract/models/timeline.ts";
import type { TimelineChange } from "../../../preload/contract/topics.ts";
import type { OpenTopic } from "../api.ts";
import { changesOf, type Changes, type Publish } from "../changes.ts";
import { cleanHtml } from "../clean-html.ts";
import type { Failure } from "../failure.ts";
import type { Platform } from "../platform.ts";
import type { Store } from "../store/store.ts";
import { comparePlaces, timelineQueries } from "../store/queries/timeline.ts";
import type { TimelineWriter } from "./apply.ts";
import type { FetchAround } from "./focus-loader.ts";
import { createFocusTopic } from "./focus-topic.ts";
import { threadQueries } from "../store/queries/threads.ts";
import { diffLists } from "./differ.ts";
import { createCallStories } from "./call-story.ts";
import { eventItem, senderOf, validEdit, type People } from "./event-item.ts";
import { createItemBuilder, type ItemBuilder, type LocalRow } from "./items.ts";
import { createPinList } from "./pin-list.ts";
import { createQuoteTopic } from "./quote-topic.ts";
import { createPaginator, type FetchMessages, type FetchTokenBefore } from "./paginator.ts";
import { createMissingEvents, type FetchEvent } from "./missing-events.ts";
import { Quotes } from "./quote.ts";
import { lastBefore, newFrom, ReadLine, type NewFrom } from "./read-line.ts";
import type { FetchRelations } from "./related-events.ts";
import { createThreadList, type FetchThreads } from "./thread-list.ts";
import { createThreadTopic } from "./thread-topic.ts";
import { isInThread } from "./threads.ts";
import { RoomWindow } from "./window.ts";

// The timelines somebody looks at. Each is a window of stored rows, the items made of them, and everybody who watches;
// rooms nobody watches cost nothing.

/** Rows read when a room is opened, and how few shown items are too few for a first screen. */
const FIRST_ROWS = 60;
const FEW_ITEMS = 30;

export interface TimelineTopicDeps {
  readonly platform: Pick<Platform, "log">;
  readonly store: Pick<Store, "cache" | "truncateLogs">;
  readonly writer: TimelineWriter;
  readonly ownUserId: UserId;
  /** What was typed in a room and is not in its timeline yet, in order. */
  readonly localRows: (roomId: RoomId) => readonly LocalRow[];
  /** The event that a message is, or became; null while it is not sent. By default its event id. */
  readonly eventOf?: (roomId: RoomId, target: MessageTarget) => EventId | null;
  /** The transaction id that a waiting message goes under now; by default its own. */
  readonly currentId?: (transactionId: TransactionId) => TransactionId;
  readonly fetchMessages: FetchMessages;
  readonly fetchTokenBefore: FetchTokenBefore;
  readonly fetchEvent: FetchEvent;
  readonly fetchAround: FetchAround;
  readonly fetchRelations: FetchRelations;
  readonly fetchThreads: FetchThreads;
  /** May this person redact what others say; may they notify the whole room. */
  readonly mayRedact: (roomId: RoomId, userId: UserId) => boolean;
  readonly mayNotifyRoom: (roomId: RoomId, userId: UserId) => boolean;
  /** What is pinned in a room, the last pinned first. */
  readonly pinnedIn?: (roomId: RoomId) => readonly EventId[];
  /** Messages that are pinned as soon as they are sent. */
  readonly unsentPinsIn?: (roomId: RoomId) => readonly TransactionId[];
  readonly publish: Publish;
  /** What is around an event has been stored beside the timeline. */
  readonly onKept?: (roomId: RoomId) => void;
  readonly onUnauthorized: (failure: Failure) => void;
  /** False while we catch up with what happened without us. */
  readonly isLive: () => boolean;
  /** This call rings or goes on here now. */
  readonly isLiveCall?: (callId: CallId) => boolean;
  /** Start of the local day of a time; the machine's own calendar unless a test has another. */
  readonly dayOf?: (ts: number) => number;
}

export interface TimelineTopic {
  /** With `focus` around that event, with `thread` the thread of that root. */
  open(
    params: { readonly roomId: RoomId; readonly focus?: EventId; readonly thread?: MessageTarget },
    emit: (change: TimelineChange) => void,
  ): OpenTopic<"timeline">;
  /** A page of history, older unless told otherwise; resolves when it is there or has failed, which the topic shows. */
  paginate(roomId: RoomId, focus?: EventId, direction?: PageDirection): Promise<void>;
  /** More replies of the thread of this root. */
  paginateThread(roomId: RoomId, thread: MessageTarget): Promise<void>;
  /** A page of older history for the store, whether or not somebody looks; why not, or null. */
  fillGap(roomId: RoomId): Promise<Failure | null>;
  /** Somebody looks at the room from now on: its "New" line stays until the next visit. */
  visit(roomId: RoomId): void;
  /** The user said where what is new begins. */
  moveLine(roomId: RoomId): void;
  /** After each commit. */
  changed(changes: Changes): void;
  /** The threads of a room. */
  readonly threads: Pick<ReturnType<typeof createThreadList>, "open" | "more">;
  /** The pinned messages of a room. */
  readonly pins: Pick<ReturnType<typeof createPinList>, "open">;
  /** A message that somebody answers or edits. */
  readonly quoted: Pick<ReturnType<typeof createQuoteTopic>, "open">;
  /** The words of a message, short, as they are now. */
  quote(roomId: RoomId, eventId: EventId): Quote;
  /** The type of a stored event; null when it is not here. */
  typeOf(eventId: EventId): string | null;
  /** Other people's words may be shown than before: everything that is open is read anew. */
  peopleChanged(): void;
  /** There is a connection again: what was asked for in vain may be asked for again. */
  wake(): void;
  /** Gives up requests under way. */
  stop(): Promise<void>;
}

interface Watched {
  readonly window: RoomWindow;
  readonly builder: ItemBuilder;
  readonly subscribers: Set<(change: TimelineChange) => void>;
  items: readonly TimelineItem[];
  older: PageState;
  newAfter: EventId | null;
  /** Our own membership: another one means other rights. */
  membership: string | null;
}

export function createTimelineTopic(deps: TimelineTopicDeps): TimelineTopic {
  const { store, writer, ownUserId } = deps;
  const { touched } = writer;
  const queries = timelineQueries(store.cache);
  const threads = threadQueries(store.cache);
  const watched = new Map<RoomId, Watched>();
  const line = new ReadLine<NewFrom>(deps.isLive);
  const paginator = createPaginator({
    cache: store.cache,
    queries,
    writer,
    fetchMessages: deps.fetchMessages,
    fetchTokenBefore: deps.fetchTokenBefore,
    publish: deps.publish,
    log: deps.platform.log,
    viewOf: (roomId) => watched.get(roomId)?.window ?? null,
    onChange: (roomId) => show(roomId),
    onUnauthorized: deps.onUnauthorized,
    onRedacted: () => store.truncateLogs(),
  });
  const missing = createMissingEvents({
    fetchEvent: deps.fetchEvent,
    onFound(roomId, event) {
      store.cache.transaction(() => writer.keep(roomId, event));
      deps.publish(changesOf({ timelines: new Set([roomId]) }));
    },
    onMissing(roomId) {
      show(roomId);
      pinList.missed(roomId);
      quoted.missed(roomId);
    },
    onUnauthorized: deps.onUnauthorized,
  });

  const callStories = createCallStories({
    ownUserId,
    isLiveCall: (callId) => deps.isLiveCall?.(callId) === true,
  });

  const powersIn = (roomId: RoomId): Pick<People, "mayRedact" | "mayNotifyRoom"> => ({
    mayRedact: (userId) => deps.mayRedact(roomId, userId),
    mayNotifyRoom: (userId) => deps.mayNotifyRoom(roomId, userId),
  });

  function quotesIn(roomId: RoomId, nameOf: (userId: UserId) => string | null): Quotes {
    return new Quotes({
      load(eventId) {
        const row = queries.storedRow.get({ roomId, eventId });
        return row === undefined ? undefined : { row, edits: queries.editsOf.all({ roomId, eventId }) };
      },
      itemOf: (row, edits) =>
        eventItem(row, validEdit(row, edits), { ownUserId, nameOf, ...powersIn(roomId) }),
      want: (eventId) => want(roomId, eventId),
    });
  }
  function want(roomId: RoomId, eventId: EventId): "loading" | "missing" {
    // Ours, and on its way back: it need not be asked for.
    if (deps.localRows(roomId).some((row) => row.eventId === eventId)) return "loading";
    // What is stored and hidden would not be shown any more for being asked for.
    return queries.hiddenEvent.get({ eventId }) === undefined ? missing.want(roomId, eventId) : "missing";
  }
  const focused = createFocusTopic({ ...deps, quotesIn, powersIn });
  const threaded = createThreadTopic({
    ...deps,
    touched,
    quotesIn,
    powersIn,
    dayOf: deps.dayOf ?? localDayOf,
    want,
  });
  const quoted = createQuoteTopic({ eventOf: (_roomId, { eventId }) => eventId, ...deps, quotesIn });
  const threadList = createThreadList({ ...deps, quotesIn, powersIn, quoteOf: quoted.of });
  const pinList = createPinList({
    ...{ store, quotesIn, quoteOf: quoted.of, localRows: deps.localRows },
    pinnedIn: (roomId) => deps.pinnedIn?.(roomId) ?? [],
    unsentIn: (roomId) => deps.unsentPinsIn?.(roomId) ?? [],
  });

  function watch(roomId: RoomId): Watched {
    const known = watched.get(roomId);
    if (known !== undefined) return known;
    const nameOf = (userId: UserId): string | null => queries.member.get({ roomId, userId })?.name ?? null;
    const quotes = quotesIn(roomId, nameOf);
    const builder = createItemBuilder({
      ownUserId,
      dayOf: deps.dayOf ?? localDayOf,
      nameOf,
      quotes,
      ...powersIn(roomId),
      isElsewhere: isInThread,
      isLocalShown: ({ thread }) => (thread ?? null) === null,
      hasNamesake: (userId, name) => queries.namesake.get({ roomId, userId, name }) !== undefined,
      cleanHtml,
    });
    touched.watch(roomId);
    const window = new RoomWindow({
      ...{ roomId, ownUserId, queries, threads, touched, isShown: builder.isShown },
      onTouched: (eventId) => quotes.forget(eventId),
    });
    const one: Watched = {
      window,
      builder,
      subscribers: new Set(),
      items: [],
      older: "idle",
      newAfter: null,
      membership: membershipIn(roomId),
    };
    watched.set(roomId, one);
    paginator.reconsider(roomId);
    fillScreen(roomId, one);
    ({ items: one.items, newAfter: one.newAfter } = build(roomId, one));
    one.older = paginator.state(roomId);
    return one;
  }

  /** The newest rows from disk, and where they are too few for a screen, once, what the server has before them. */
  function fillScreen(roomId: RoomId, { window }: Watched): void {
    const shown = window.grow(1, FIRST_ROWS);
    const more = shown < FEW_ITEMS ? window.grow(FEW_ITEMS - shown) : 0;
    // Not before the caller has what it opened.
    if (shown + more < FEW_ITEMS && !window.isAtStart())
      queueMicrotask(() => void paginator.paginate(roomId));
  }

  function build(roomId: RoomId, { window, builder }: Watched): Pick<Watched, "items" | "newAfter"> {
    const self = queries.member.get({ roomId, userId: ownUserId });
    const from = line.after(roomId, newFrom(queries, roomId, ownUserId));
    const after = lastBefore(queries, roomId, from);
    const built = builder.build({
      entries: window.entries,
      has: (eventId) => window.has(eventId),
      isAtStart: window.isAtStart(),
      local: deps.localRows(roomId),
      fullyRead: after,
      self: senderOf(ownUserId, self?.name ?? null, self?.avatarMxc ?? null, ownUserId),
      threadCounts: new Map(threads.unread.all({ roomId }).map((count) => [count.root, count])),
    });
    const items = callStories(window.entries, built);
    const hasLine = items.some((item) => item.kind === "read-marker");
    const newAfter = !hasLine && isFurtherBack(window, after) && hasOnlyOthers(items) ? after : null;
    line.built(roomId, from, hasLine || newAfter !== null);
    return { items, newAfter };
  }

  /** The event stands before all that is loaded. One that is not stored is older than what is. */
  function isFurtherBack(window: RoomWindow, eventId: EventId | null): boolean {
    const first = window.entries[0]?.row;
    if (eventId === null || first === undefined || window.has(eventId) || window.isAtStart()) return false;
    const place = queries.place.get({ eventId });
    return place === undefined || comparePlaces(place, first) < 0;
  }

  /** Builds what is shown now and tells the watchers the difference. */
  function show(roomId: RoomId): void {
    const one = watched.get(roomId);
    if (one === undefined) return;
    const { items, newAfter } = build(roomId, one);
    const older = paginator.state(roomId);
    const changes = diffLists(one.items, items);
    const isSameOlder = JSON.stringify(older) === JSON.stringify(one.older);
    const isSameNew = newAfter === one.newAfter;
    Object.assign(one, { items, older, newAfter });
    if (changes.length === 0 && isSameOlder && isSameNew) return;
    const change: TimelineChange = {
      items: changes,
      ...(isSameOlder ? {} : { older }),
      ...(isSameNew ? {} : { newAfter }),
    };
    for (const emit of [...one.subscribers]) emit(change);
  }

  /** The same watchers, with nothing remembered of what was shown; as far back as it was. */
  function beginAnew(roomId: RoomId, was: Watched): void {
    watched.delete(roomId);
    touched.unwatch(roomId);
    const one = watch(roomId);
    one.window.grow(was.items.length - one.items.length);
    // What changes is told to the same watchers, against what they have.
    const { subscribers, items, older, newAfter } = was;
    Object.assign(one, { subscribers, items, older, newAfter });
    show(roomId);
  }

  const membershipIn = (roomId: RoomId): string | null =>
    queries.roomFacts.get({ roomId })?.membership ?? null;

  function refresh(roomId: RoomId, one: Watched): void {
    const membership = membershipIn(roomId);
    if (membership !== one.membership) paginator.reconsider(roomId);
    one.membership = membership;
    // A hole before the newest events: start anew there. What was read stays on disk and comes back by paging.
    if (one.window.refresh()) fillScreen(roomId, one);
    show(roomId);
  }

  return {
    open({ roomId, focus, thread }, emit) {
      if (thread !== undefined) return threaded.open(roomId, thread, emit);
      if (focus !== undefined) return focused.open(roomId, focus, emit);
      const one = watch(roomId);
      // The same function may watch twice; each watch ends by itself.
      const subscriber = (change: TimelineChange): void => emit(change);
      one.subscribers.add(subscriber);
      return {
        snapshot: { roomId, items: one.items, older: one.older, newAfter: one.newAfter },
        stop() {
          one.subscribers.delete(subscriber);
          if (one.subscribers.size > 0 || watched.get(roomId)?.subscribers !== one.subscribers) return;
          watched.delete(roomId);
          touched.unwatch(roomId);
        },
      };
    },
    paginate(roomId, focus, direction = "backward") {
      if (focus !== undefined) return focused.paginate(roomId, focus, direction);
      // The live timeline ends at the present.
      return watched.has(roomId) && direction === "backward" ? paginator.paginate(roomId) : Promise.resolve();
    },
    paginateThread: (roomId, thread) => threaded.paginate(roomId, thread),
    fillGap: (roomId) => paginator.fillNewest(roomId),
    visit(roomId) {
      const left = line.visit(roomId);
      if (left !== null) show(left);
      show(roomId);
    },
    moveLine(roomId) {
      line.move(roomId);
      show(roomId);
    },
    changed(changes) {
      for (const [roomId, one] of watched) {
        const { rooms, timelines, queues } = changes;
        if (rooms.has(roomId) || timelines.has(roomId) || queues.has(roomId)) refresh(roomId, one);
      }
      focused.changed(changes);
      threaded.changed(changes);
      threadList.changed(changes);
      pinList.changed(changes);
      quoted.changed(changes);
    },
    threads: threadList,
    pins: pinList,
    quoted,
    quote(roomId, eventId) {
      const nameOf = (userId: UserId): string | null => queries.member.get({ roomId, userId })?.name ?? null;
      return quotesIn(roomId, nameOf).of(eventId);
    },
    typeOf: (eventId) => queries.storedEvent.get({ eventId })?.type ?? null,
    peopleChanged() {
      for (const [roomId, one] of [...watched]) beginAnew(roomId, one);
      focused.peopleChanged();
      threaded.peopleChanged();
      threadList.peopleChanged();
      pinList.wake();
    },
    wake() {
      missing.retry();
      threaded.wake();
      threadList.wake();
      pinList.wake();
      quoted.wake();
    },
    async stop() {
      missing.stop();
      await Promise.all([paginator.stop(), focused.stop(), threaded.stop(), threadList.stop()]);
    },
  };
}

function localDayOf(ts: number): number {
  return new Date(ts).setHours(0, 0, 0, 0);
}

/** Others have said something, and we nothing: who writes has read what stands above. */
function hasOnlyOthers(items: readonly TimelineItem[]): boolean {
  const said = items.filter((item) => item.kind === "message");
  return said.length > 0 && said.every(({ sender }) => !sender.isOwn);
}
