import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { applyListChanges } from "../../../preload/contract/list-change.ts";
import type { FocusState, PageState, TimelineItem } from "../../../preload/contract/models/timeline.ts";
import type { TimelineChange } from "../../../preload/contract/topics.ts";
import { changesOf, type Changes } from "../changes.ts";
import type { JsonObject, MatrixEvent } from "../event.ts";
import { failed, ok, type Failure, type Result } from "../failure.ts";
import type { Database } from "../store/database.ts";
import { carol, openCache, room, TestTimeline } from "./fixtures.ts";
import type { LocalRow } from "./items.ts";
import type { FetchMessages, FetchTokenBefore, PageRequest } from "./paginator.ts";
import type { FetchAround } from "./focus-loader.ts";
import type { FetchRelations } from "./related-events.ts";
import type { FetchThreads } from "./thread-list.ts";
import { createTimelineTopic, type TimelineTopic } from "./topic.ts";

// Test support: an open timeline over a store, and what a renderer would make of it.

/** Follows one topic the way the renderer does: a snapshot, then changes. */
export class Follower {
  items: readonly TimelineItem[];
  older: PageState;
  newer: PageState | undefined;
  focus: FocusState | undefined;
  readonly roomId: RoomId;
  readonly changes: TimelineChange[] = [];
  readonly stop: () => void;

  constructor(topic: TimelineTopic, params: { readonly roomId: RoomId; readonly focus?: EventId }) {
    this.roomId = params.roomId;
    const opened = topic.open(params, (change) => this.#apply(change));
    this.items = opened.snapshot.items;
    this.older = opened.snapshot.older;
    this.newer = opened.snapshot.newer;
    this.focus = opened.snapshot.focus;
    this.stop = () => opened.stop();
  }

  #apply(change: TimelineChange): void {
    this.changes.push(change);
    this.items = applyListChanges(this.items, change.items);
    this.older = change.older ?? this.older;
    this.newer = change.newer ?? this.newer;
    this.focus = change.focus ?? this.focus;
  }

  /** Texts of what is shown, oldest first. */
  get texts(): string[] {
    return this.items.flatMap((item) => (item.kind === "message" ? [item.body.text] : []));
  }

  get kinds(): string[] {
    return this.items.map((item) => item.kind);
  }
}

/** A server that only knows the room's history; a token is the number of events before it. */
export class HistoryServer {
  readonly events: MatrixEvent[] = [];
  readonly requests: PageRequest[] = [];
  /** Failures to answer with before anything else. */
  readonly failures: Failure[] = [];
  /** At most so many events per page. */
  pageSize = 100;
  /** Holds answers until it resolves. */
  hold: Promise<void> | null = null;

  readonly fetchMessages: FetchMessages = async (request) => {
    this.requests.push(request);
    if (this.hold !== null) await this.hold;
    const failure = this.failures.shift();
    if (failure !== undefined) return failed(failure);
    return this.page(request);
  };

  readonly fetchTokenBefore: FetchTokenBefore = ({ eventId }) =>
    Promise.resolve(ok(String(this.events.findIndex((event) => event.eventId === eventId))));

  readonly around: { readonly eventId: EventId; readonly limit: number }[] = [];

  readonly fetchAround: FetchAround = async ({ eventId, limit }) => {
    this.around.push({ eventId, limit });
    if (this.hold !== null) await this.hold;
    const failure = this.failures.shift();
    if (failure !== undefined) return failed(failure);
    const at = this.events.findIndex((event) => event.eventId === eventId);
    const event = this.events[at];
    if (event === undefined)
      return failed({ kind: "rejected", status: 404, errcode: "M_NOT_FOUND", message: "not found" });
    const half = Math.min(limit, this.pageSize) / 2;
    const first = Math.max(0, at - Math.floor(half));
    const last = Math.min(this.events.length, at + 1 + Math.ceil(half));
    const raws = (from: number, to: number): unknown[] => this.events.slice(from, to).map(({ raw }) => raw);
    return ok({
      event: event.raw,
      before: raws(first, at).reverse(),
      after: raws(at + 1, last),
      state: [],
      start: String(first),
      end: String(last),
    });
  };

  page(request: PageRequest): Result<{ chunk: unknown[]; state: unknown[]; end: string | null }> {
    const { from, limit } = request;
    const at = Number(from);
    if (request.direction === "forward") {
      const last = Math.min(this.events.length, at + Math.min(limit, this.pageSize));
      const newer = this.events.slice(at, last).map((event) => event.raw);
      return ok({ chunk: newer, state: [], end: newer.length > 0 ? String(last) : null });
    }
    const first = Math.max(0, at - Math.min(limit, this.pageSize));
    const chunk = this.events
      .slice(first, at)
      .map((event) => event.raw)
      .reverse();
    return ok({ chunk, state: [], end: first > 0 ? String(first) : null });
  }
}

export class TestTopic {
  readonly timeline: TestTimeline;
  readonly server = new HistoryServer();
  readonly topic: TimelineTopic;
  readonly published: Changes[] = [];
  readonly unauthorized: Failure[] = [];
  local: LocalRow[] = [];
  truncated = 0;
  /** The events that the server gives one by one. */
  readonly single = new Map<string, JsonObject>();
  readonly asked: EventId[] = [];
  isLive = true;

  constructor(
    options: {
      cache?: Database;
      fetchMessages?: FetchMessages;
      fetchTokenBefore?: FetchTokenBefore;
      ownUserId?: UserId;
      roomId?: RoomId;
    } = {},
  ) {
    const { cache = openCache(), ownUserId = carol, roomId = room } = options;
    this.timeline = new TestTimeline(cache, roomId);
    this.topic = createTimelineTopic({
      platform: { log: () => {} },
      store: { cache, truncateLogs: () => void (this.truncated += 1) },
      writer: this.timeline.writer,
      ownUserId,
      localRows: () => this.local,
      mayRedact: () => false,
      mayNotifyRoom: () => false,
      fetchMessages: options.fetchMessages ?? this.server.fetchMessages,
      fetchTokenBefore: options.fetchTokenBefore ?? this.server.fetchTokenBefore,
      fetchEvent: (request) => this.fetchEvent(request),
      fetchAround: this.server.fetchAround,
      fetchRelations: (request) => this.fetchRelations(request),
      fetchThreads: (request) => this.fetchThreads(request),
      publish: (changes) => {
        this.published.push(changes);
        this.topic.changed(changes);
      },
      onUnauthorized: (failure) => void this.unauthorized.push(failure),
      isLive: () => this.isLive,
      dayOf: () => 0,
    });
  }

  /** What the server knows of threads and relations: by target, newest first. */
  readonly related = new Map<string, readonly JsonObject[]>();
  fetchRelations: FetchRelations = ({ eventId, from, limit }) => {
    const all = this.related.get(eventId) ?? [];
    const first = Number(from ?? 0);
    const next = first + limit < all.length ? String(first + limit) : null;
    return Promise.resolve(ok({ chunk: all.slice(first, first + limit), nextBatch: next }));
  };
  roots: readonly JsonObject[] = [];
  fetchThreads: FetchThreads = () => Promise.resolve(ok({ chunk: this.roots, nextBatch: null }));

  fetchEvent({ eventId }: { eventId: EventId }): Promise<Result<JsonObject>> {
    this.asked.push(eventId);
    const event = this.single.get(eventId);
    const missing = { kind: "rejected", message: "M_NOT_FOUND", status: 404 } as const;
    return Promise.resolve(event === undefined ? failed(missing) : ok(event));
  }

  open(): Follower {
    return new Follower(this.topic, { roomId: this.timeline.roomId });
  }

  /** The timeline around an event. */
  openAt(focus: EventId): Follower {
    return new Follower(this.topic, { roomId: this.timeline.roomId, focus });
  }

  openIn(roomId: string, focus: EventId): Follower {
    return new Follower(this.topic, { roomId: roomId as RoomId, focus });
  }

  /** A sync response: stored, then published. */
  sync(events: readonly MatrixEvent[], chunk: { isLimited?: boolean; prevBatch?: string | null } = {}): void {
    this.timeline.append(events, chunk);
    this.changed();
  }

  changed(): void {
    this.topic.changed(changesOf({ timelines: new Set([this.timeline.roomId]) }));
  }

  /** Posts to the server and syncs only the last `known` of its events, with a gap before them. */
  syncEnd(events: readonly MatrixEvent[], known: number): void {
    this.server.events.push(...events);
    const from = this.server.events.length - known;
    this.sync(this.server.events.slice(from), { isLimited: true, prevBatch: from > 0 ? String(from) : null });
  }
}
