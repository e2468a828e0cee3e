import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { PageState } from "../../../preload/contract/models/timeline.ts";
import { changesOf, type Publish } from "../changes.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import { toFailure, type Failure, type Result } from "../failure.ts";
import type { Log } from "../platform.ts";
import type { TimelineQueries } from "../store/queries/timeline.ts";
import type { Database } from "../store/database.ts";
import type { TimelineWriter } from "./apply.ts";
import { newestGap } from "./segments.ts";

// Older history of a room: one owner, whoever asks. Disk first, the network only at a hole, one request at a time per
// room (PAG-17). It never tries again by itself: the next attempt is the next ask (architecture.md, section 8).

/** Events per request, and rows per read from disk. */
export const PAGE_SIZE = 100;
/** Shown items that make a page worth the asking; below it goes on, as pages may hold nothing that is shown. */
const ENOUGH_ITEMS = 20;
/** Requests per ask: 2000 events without anything to show are a good moment to let the user decide. */
const MAX_REQUESTS = 20;

/** Members come with the page that needs them, instead of all at once. */
const FILTER = JSON.stringify({ lazy_load_members: true });

export interface PageRequest {
  readonly roomId: RoomId;
  readonly from: string;
  readonly limit: number;
  readonly filter: string;
  /** Default: backward. */
  readonly direction?: "backward" | "forward";
  readonly signal: AbortSignal;
}
export type FetchMessages = (request: PageRequest) => Promise<
  Result<{
    readonly chunk: readonly unknown[];
    readonly state: readonly unknown[];
    readonly end: string | null;
  }>
>;

export type FetchTokenBefore = (request: {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly signal: AbortSignal;
}) => Promise<Result<string>>;

/** The open window that history is loaded for. */
export interface HistoryView {
  /** Takes older rows from disk until about `items` more are shown; returns how many are. */
  grow(items: number): number;
  /** Nothing older exists, neither here nor on the server. */
  isAtStart(): boolean;
}

export interface PaginatorDeps {
  readonly cache: Database;
  readonly queries: TimelineQueries;
  readonly writer: TimelineWriter;
  readonly fetchMessages: FetchMessages;
  /** A token for what is older than an event, for when the stored one is no longer accepted. */
  readonly fetchTokenBefore: FetchTokenBefore;
  readonly publish: Publish;
  readonly log: Log;
  /** The window of a room, or null when nobody looks at it. */
  readonly viewOf: (roomId: RoomId) => HistoryView | null;
  /** The state of a room has changed, or more is in its window. */
  readonly onChange: (roomId: RoomId) => void;
  readonly onUnauthorized: (failure: Failure) => void;
  /** Somebody's words were redacted and must leave the log on disk too (RED-02). */
  readonly onRedacted: () => void;
}

export interface Paginator {
  /** Resolves when the page is there or has failed; what became of it is in `state`. */
  paginate(roomId: RoomId): Promise<void>;
  /** One page into the newest hole, whether or not somebody looks; why not, or null when it is there or none is open. */
  fillNewest(roomId: RoomId): Promise<Failure | null>;
  state(roomId: RoomId): PageState;
  /** The room was opened anew or our rights in it may have changed: an old failure says nothing any more. */
  reconsider(roomId: RoomId): void;
  /** Gives up what is under way; resolves when it is over. */
  stop(): Promise<void>;
}

/** What servers say of a `from` they do not know: 400, with whatever code. */
const isTokenRefused = ({ kind, status }: Failure): boolean => kind === "rejected" && status === 400;

export function createPaginator(deps: PaginatorDeps): Paginator {
  const { queries } = deps;
  const running = new Map<RoomId, Promise<void>>();
  const loading = new Set<RoomId>();
  const failures = new Map<RoomId, Failure>();
  /** Tokens that stand for others the server refused: refused themselves, they are not replaced again. */
  const renewed = new Set<string>();
  const stopping = new AbortController();

  function state(roomId: RoomId): PageState {
    if (loading.has(roomId)) return "loading";
    const failed = failures.get(roomId);
    if (failed !== undefined) return { failed };
    return deps.viewOf(roomId)?.isAtStart() === true ? "exhausted" : "idle";
  }

  function paginate(roomId: RoomId): Promise<void> {
    const joined = running.get(roomId);
    if (joined !== undefined) return joined;
    // Who is not let in is not let in by asking again (PAG-14).
    if (failures.get(roomId)?.errcode === "M_FORBIDDEN") return Promise.resolve();
    const run = loadPage(roomId).finally(() => {
      running.delete(roomId);
      loading.delete(roomId);
      deps.onChange(roomId);
    });
    running.set(roomId, run);
    return run;
  }

  async function loadPage(roomId: RoomId): Promise<void> {
    let gained = deps.viewOf(roomId)?.grow(ENOUGH_ITEMS) ?? 0;
    for (let requests = 0; gained < ENOUGH_ITEMS && requests < MAX_REQUESTS; requests++) {
      const gap = newestGap(queries.segments.all({ roomId }));
      // Without a window there is nobody to load more for; what came is kept.
      if (gap === null || stopping.signal.aborted || deps.viewOf(roomId) === null) return;
      failures.delete(roomId);
      loading.add(roomId);
      deps.onChange(roomId);
      const failure = await fillGap(roomId, gap);
      if (failure !== null) return fail(roomId, failure);
      gained += deps.viewOf(roomId)?.grow(ENOUGH_ITEMS - gained) ?? 0;
    }
  }

  async function fillGap(
    roomId: RoomId,
    gap: { readonly segment: number; readonly token: string },
  ): Promise<Failure | null> {
    try {
      const page = await deps.fetchMessages({
        roomId,
        from: gap.token,
        limit: PAGE_SIZE,
        filter: FILTER,
        signal: stopping.signal,
      });
      if (!page.ok)
        return isTokenRefused(page.failure) ? await renewToken(roomId, gap, page.failure) : page.failure;
      // Closing: the store may be gone already.
      if (stopping.signal.aborted) return null;
      const { chunk, state: beside, end } = page.value;
      const events = { events: sound(chunk), state: sound(beside), end };
      const done = deps.cache.transaction(() => deps.writer.prepend(roomId, gap.segment, gap.token, events));
      if (done.redacted.length > 0) deps.onRedacted();
      deps.publish(changesOf({ timelines: new Set([roomId]) }));
      return null;
    } catch (error) {
      return toFailure(error);
    }
  }

  /**
   * Tokens need not live for ever (ERR-05). The event we know next to the gap gives a fresh one, and the next round asks
   * with it. Null when it was renewed; a server that refuses its own fresh token has failed.
   */
  async function renewToken(
    roomId: RoomId,
    { segment, token }: { readonly segment: number; readonly token: string },
    refusal: Failure,
  ): Promise<Failure | null> {
    const oldest = queries.oldestEventId.get({ roomId, segment })?.eventId;
    if (oldest === undefined || renewed.has(token)) return refusal;
    const fresh = await deps.fetchTokenBefore({ roomId, eventId: oldest, signal: stopping.signal });
    if (stopping.signal.aborted) return null;
    if (!fresh.ok) return fresh.failure.kind === "rejected" ? refusal : fresh.failure;
    if (fresh.value === token) return refusal;
    deps.log("info", "page-token-renewed", { roomId });
    renewed.add(fresh.value);
    deps.cache.transaction(() => {
      const gap = newestGap(queries.segments.all({ roomId }));
      if (gap?.segment === segment && gap.token === token)
        queries.setPrevBatch.run({ roomId, segment, prevBatch: fresh.value });
    });
    return null;
  }

  /** One bad event does not stop the page (MAL-03). */
  function sound(values: readonly unknown[]): MatrixEvent[] {
    const events = values.map(parseEvent).filter((event) => event !== null);
    if (events.length < values.length)
      deps.log("warn", "malformed-events", { count: values.length - events.length });
    return events;
  }

  function fail(roomId: RoomId, failure: Failure): void {
    if (failure.kind === "aborted") return;
    failures.set(roomId, failure);
    deps.log("info", "page-failed", { roomId, kind: failure.kind, status: failure.status });
    if (failure.kind === "unauthorized") deps.onUnauthorized(failure);
  }

  async function fillNewest(roomId: RoomId): Promise<Failure | null> {
    // The reader's own page fills the same hole.
    const reading = running.get(roomId);
    if (reading !== undefined) {
      await reading;
      return null;
    }
    const gap = newestGap(queries.segments.all({ roomId }));
    if (gap === null || stopping.signal.aborted) return null;
    const failure = await fillGap(roomId, gap);
    if (failure?.kind === "unauthorized") deps.onUnauthorized(failure);
    return failure;
  }

  return {
    paginate,
    fillNewest,
    state,
    reconsider: (roomId) => void failures.delete(roomId),
    async stop() {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };
}
