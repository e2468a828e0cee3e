import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type {
  ExportJob,
  ExportOrder,
  ExportState,
  ExportView,
} from "../../../preload/contract/models/export.ts";
import type { Handlers, MediaAnswer, TopicSources } from "../api.ts";
import { aborted, FailureError, invalid, toFailure, type Failure } from "../failure.ts";
import type { Clock, Folders, Log } from "../platform.ts";
import { exportQueries } from "../store/queries/exports.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import { searchQueries } from "../store/queries/search.ts";
import { syncQueries } from "../store/queries/sync.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import { createValueTopic } from "../value-topic.ts";
import { freeName, namePart, nodeFiles, type ArchiveFiles } from "./archive-files.ts";
import { runJob, type RunDeps } from "./export-run.ts";
import { partialOf, type Job, type WrittenRoom } from "./job.ts";
import type { RoomFacts } from "./room-writer.ts";
import { dayForNames, words } from "./words.ts";

// The archive somebody asked for: at most one at a time, kept in the profile until it is done and put away.

export interface ExportDeps {
  readonly platform: { readonly clock: Clock; readonly log: Log; readonly folders: Folders };
  readonly store: Pick<Store, "cache" | "kept">;
  readonly ownUserId: UserId;
  readonly read: RunDeps["read"];
  readonly openMedia: (path: string, isPatient: boolean) => Promise<MediaAnswer>;
  readonly isLive: () => boolean;
  readonly history: RunDeps["history"];
  /** Default: the disk. */
  readonly files?: ArchiveFiles;
}

export interface Exports {
  readonly handlers: Pick<Handlers, "startExport" | "retryExport" | "cancelExport" | "showExport">;
  readonly sources: Pick<TopicSources, "exports">;
  /** Goes on with what an earlier run of the program has left. */
  start(): void;
  /** Ends after the slice under way; what is written down stays. */
  stop(): Promise<void>;
}

export function createExports(deps: ExportDeps): Exports {
  const { platform, store, ownUserId, files = nodeFiles } = deps;
  const { clock, folders, log } = platform;
  const userId = ownUserId;
  const kept = exportQueries(store.kept);
  const rooms = roomQueries(store.cache);
  const timeline = timelineQueries(store.cache);
  const search = searchQueries(store.cache);
  const sync = syncQueries(store.cache);
  let running: { readonly abort: AbortController; readonly ended: Promise<void> } | null = null;
  let failure: Failure | null = null;
  let fetching = 0;
  let isChoosing = false;

  const epochNow = (): string => sync.load("epoch") ?? "";
  const nameOf = (roomId: RoomId): string => rooms.loadRoom.get({ roomId })?.name ?? roomId;
  const view = createValueTopic<ExportView>(look());

  function load(): Job | null {
    const stored = kept.job.get({ userId });
    return stored === undefined ? null : (JSON.parse(stored.job) as Job);
  }

  function look(): ExportView {
    const job = load();
    return {
      asksForFolder: folders.asks,
      canShow: folders.show !== undefined,
      job: job === null ? null : shown(job),
    };
  }

  function shown(job: Job): ExportJob {
    const current = job.phase === "done" ? undefined : kept.room.get({ userId, number: job.roomsDone + 1 });
    return {
      order: job.order,
      state: stateOf(job),
      folder: job.folder,
      roomName: current === undefined ? null : nameOf(current.roomId),
      rooms: { done: job.roomsDone, all: job.roomsAll },
      events: { done: job.events, all: Math.max(job.events, job.eventsAll) },
      fetching,
      media: job.media,
    };
  }

  function stateOf({ phase }: Job): ExportState {
    if (failure !== null) return { failed: failure };
    // Ended with the session, and not begun again yet.
    return phase === "done" || running !== null ? phase : { failed: aborted };
  }

  function save(job: Job, written?: WrittenRoom): void {
    store.kept.transaction(() => {
      if (written !== undefined)
        kept.setWritten.run({ userId, number: job.roomsDone, written: JSON.stringify(written) });
      kept.putJob.run({ userId, job: JSON.stringify(job) });
    });
    view.set(look());
  }

  function factsOf(roomId: RoomId): RoomFacts {
    const segments = timeline.segments.all({ roomId });
    const open = segments.filter(({ segment, prevBatch }) => prevBatch !== null && !isFirst(roomId, segment));
    return {
      roomId,
      name: nameOf(roomId),
      topic: rooms.loadRoom.get({ roomId })?.topic ?? null,
      holes: new Set(open.map(({ segment }) => segment)),
    };
  }

  /** Nothing is missing before the beginning, whatever page the server still offers. */
  function isFirst(roomId: RoomId, segment: number): boolean {
    const oldest = timeline.oldestEventId.get({ roomId, segment });
    return oldest !== undefined && timeline.storedEvent.get(oldest)?.type === "m.room.create";
  }

  /** Of another cache the places mean nothing: from the beginning, into an empty folder. */
  async function startOver(job: Job): Promise<Job> {
    await files.remove(partialOf(job.folder));
    const fresh: Job = {
      ...job,
      ...{ epoch: epochNow(), room: null, roomsDone: 0, events: 0, media: { saved: 0, missing: 0 } },
      phase: job.order.isComplete ? "fetching" : "writing",
    };
    store.kept.transaction(() => {
      kept.forgetWritten.run({ userId });
      kept.putJob.run({ userId, job: JSON.stringify(fresh) });
    });
    return fresh;
  }

  async function isLost(job: Job): Promise<boolean> {
    if (job.epoch !== epochNow()) return true;
    const hasBegun = job.events > 0 || job.roomsDone > 0;
    if (!hasBegun || (await files.exists(partialOf(job.folder)))) return false;
    return job.roomsDone < job.roomsAll || !(await files.exists(job.folder));
  }

  async function run(job: Job, signal: AbortSignal): Promise<void> {
    try {
      // `running` is set by then.
      await clock.breath();
      const current = (await isLost(job)) ? await startOver(job) : job;
      await runJob(current, {
        ...deps,
        ...{ clock, files, save, factsOf, signal },
        rooms: {
          at: (number) => kept.room.get({ userId, number }),
          all: () =>
            kept.rooms.all({ userId }).map(({ roomId, written }) => ({
              roomId,
              written: written === null ? null : (JSON.parse(written) as WrittenRoom),
            })),
        },
        onFetching(open) {
          fetching = open;
          view.set(look());
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      failure = toFailure(error);
      log("warn", "export-failed", { kind: failure.kind, problem: failure.problem });
    } finally {
      running = null;
      view.set(look());
    }
  }

  function goOn(): void {
    const job = load();
    if (job === null || job.phase === "done" || running !== null) return;
    failure = null;
    const abort = new AbortController();
    running = { abort, ended: run(job, abort.signal) };
    view.set(look());
  }

  async function stop(): Promise<void> {
    running?.abort.abort();
    await running?.ended;
  }

  async function begin(order: ExportOrder): Promise<boolean> {
    const parent = await folders.choose();
    if (parent === null) return false;
    const { roomId } = order;
    const startedAt = clock.now();
    const what = roomId === null ? words.everything : namePart(nameOf(roomId)) || words.room;
    const chosen = roomId === null ? rooms.allRoomIds.all({}) : [{ roomId }];
    const withEvents = chosen.map((one) => ({ ...one, events: search.countIn.get(one)?.count ?? 0 }));
    const listed = roomId === null ? withEvents.filter(({ events }) => events > 0) : withEvents;
    const job: Job = {
      order,
      folder: await freeName(parent, words.folder(what, dayForNames(startedAt))),
      ...{ startedAt, epoch: epochNow(), phase: order.isComplete ? "fetching" : "writing" },
      ...{ room: null, roomsDone: 0, roomsAll: listed.length, events: 0 },
      eventsAll: listed.reduce((sum, { events }) => sum + events, 0),
      media: { saved: 0, missing: 0 },
    };
    store.kept.transaction(() => {
      kept.removeRooms.run({ userId });
      for (const [i, one] of listed.entries())
        kept.addRoom.run({ userId, number: i + 1, roomId: one.roomId });
      kept.putJob.run({ userId, job: JSON.stringify(job) });
    });
    goOn();
    return true;
  }

  return {
    handlers: {
      async startExport({ order }) {
        const before = load();
        if (isChoosing || (before !== null && before.phase !== "done"))
          throw new FailureError(invalid("an export is under way"));
        isChoosing = true;
        try {
          return { isStarted: await begin(order) };
        } finally {
          isChoosing = false;
        }
      },
      retryExport: () => goOn(),
      async cancelExport() {
        const job = load();
        await stop();
        if (job === null) return;
        // First the note: a kill in between leaves a folder of a name that says what it is, and nothing that goes on.
        store.kept.transaction(() => {
          kept.removeJob.run({ userId });
          kept.removeRooms.run({ userId });
        });
        failure = null;
        if (load() === null && job.phase !== "done") await files.remove(partialOf(job.folder));
        view.set(look());
      },
      async showExport() {
        const job = load();
        if (job?.phase === "done") await folders.show?.(job.folder);
      },
    },
    sources: {
      exports: (_params, emit) => ({ snapshot: view.current(), stop: view.watch(emit) }),
    },
    start: () => goOn(),
    stop,
  };
}
