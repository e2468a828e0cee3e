import type { RoomId } from "../../../preload/contract/ids.ts";
import type { HistoryJob, HistoryView } from "../../../preload/contract/models/search.ts";
import { retryDelay, type Failure } from "../failure.ts";
import type { Clock, Random } from "../platform.ts";
import { searchQueries } from "../store/queries/search.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";

// Fetches the whole history of rooms somebody wants to search or export, page by page to the start: one request at a
// time for all rooms, with pauses, as long as it takes. Where it stands is known by the holes of the stored timeline, so
// a kill costs at most the page that was on its way.

/** Between two pages, ms: about what a person scrolling asks for. */
const PAUSE_MS = 400;

/** Failures of the way to the server, which are over when something else has come through. */
const ofConnection: ReadonlySet<Failure["kind"]> = new Set(["offline", "timeout"]);

export interface HistoryDeps {
  readonly store: Pick<Store, "cache">;
  readonly clock: Clock;
  readonly random: Random;
  /** Puts one page into the newest hole of a room; null when it is there, or there was no hole. */
  readonly fillGap: (roomId: RoomId) => Promise<Failure | null>;
}

export interface History {
  view(): HistoryView;
  watch(emit: (view: HistoryView) => void): () => void;
  /** Begins or ends fetching a room's history. What was fetched stays. */
  fetch(roomId: RoomId, isOn: boolean): void;
  pause(isPaused: boolean): void;
  /** The server is (or may be) reachable again: what failed is tried at once. */
  wake(): void;
  start(): void;
  stop(): void;
  /** Resolves when the room's history is complete, or its fetching ended before. */
  completed(roomId: RoomId): Promise<void>;
}

export function createHistory(deps: HistoryDeps): History {
  const { clock } = deps;
  const queries = searchQueries(deps.store.cache);
  const timeline = timelineQueries(deps.store.cache);
  const watchers = new Set<(view: HistoryView) => void>();
  const waiting = new Map<RoomId, (() => void)[]>();
  const failures = new Map<RoomId, Failure>();
  let isPaused = false;
  let isStarted = false;
  let running: RoomId | null = null;
  let attempt = 0;
  let cancel: (() => void) | null = null;

  const rooms = (): readonly RoomId[] => queries.historyJobs.all({}).map(({ roomId }) => roomId);
  const hasGap = (roomId: RoomId): boolean =>
    timeline.segments.all({ roomId }).some(({ prevBatch }) => prevBatch !== null);

  function view(): HistoryView {
    const names = new Map(queries.rooms.all({}).map(({ roomId, name }) => [roomId, name]));
    const jobs = rooms().map((roomId): HistoryJob => {
      const failed = failures.get(roomId);
      const oldest = timeline.segments.all({ roomId }).findLast(({ prevBatch }) => prevBatch !== null);
      const at = oldest === undefined ? undefined : queries.oldestOf.get({ roomId, segment: oldest.segment });
      return {
        roomId,
        roomName: names.get(roomId) ?? roomId,
        state:
          failed !== undefined
            ? { failed }
            : isPaused
              ? "paused"
              : running === roomId
                ? "running"
                : "waiting",
        events: queries.countIn.get({ roomId })?.count ?? 0,
        reached: at?.ts ?? null,
      };
    });
    return { isPaused, jobs };
  }

  function tell(): void {
    if (watchers.size === 0) return;
    const now = view();
    for (const emit of [...watchers]) emit(now);
  }

  function end(roomId: RoomId): void {
    queries.removeHistoryJob.run({ roomId });
    failures.delete(roomId);
    for (const resolve of waiting.get(roomId) ?? []) resolve();
    waiting.delete(roomId);
  }

  function schedule(ms: number): void {
    if (cancel !== null || !isStarted || isPaused || running !== null) return;
    cancel = clock.after(ms, () => {
      cancel = null;
      void next();
    });
  }

  /** One page of the first room that can go on. */
  async function next(): Promise<void> {
    for (const roomId of rooms()) if (!hasGap(roomId)) end(roomId);
    const roomId = rooms().find((one) => failures.get(one)?.kind !== "rejected");
    if (roomId === undefined || running !== null || !isStarted || isPaused) return tell();
    running = roomId;
    tell();
    const failure = await deps.fillGap(roomId);
    running = null;
    if (!isStarted) return;
    if (failure === null) {
      failures.delete(roomId);
      attempt = 0;
      schedule(PAUSE_MS);
    } else if (failure.kind !== "aborted") {
      failures.set(roomId, failure);
      // Refused for good: the others go on. Anything else is asked again, later and later.
      if (failure.kind === "rejected") schedule(PAUSE_MS);
      else schedule(retryDelay(failure, ++attempt, deps.random.fraction()) ?? 60_000);
    }
    tell();
  }

  return {
    view,
    watch(emit) {
      watchers.add(emit);
      return () => void watchers.delete(emit);
    },
    fetch(roomId, isOn) {
      if (isOn) queries.addHistoryJob.run({ roomId, askedAt: clock.now() });
      else end(roomId);
      failures.delete(roomId);
      tell();
      schedule(0);
    },
    pause(paused) {
      isPaused = paused;
      if (paused) {
        cancel?.();
        cancel = null;
      } else schedule(0);
      tell();
    },
    wake() {
      // A server that asked for patience gets it.
      const isWaiting = cancel !== null && [...failures.values()].some(({ kind }) => ofConnection.has(kind));
      if (!isWaiting) return schedule(PAUSE_MS);
      cancel?.();
      cancel = null;
      schedule(PAUSE_MS);
    },
    start() {
      isStarted = true;
      schedule(PAUSE_MS);
    },
    stop() {
      isStarted = false;
      cancel?.();
      cancel = null;
    },
    completed(roomId) {
      if (!rooms().includes(roomId)) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.set(roomId, [...(waiting.get(roomId) ?? []), resolve]);
      });
    },
  };
}
