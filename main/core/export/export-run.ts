import { join } from "node:path";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { HistoryView } from "../../../preload/contract/models/search.ts";
import type { MediaAnswer } from "../api.ts";
import { aborted, FailureError } from "../failure.ts";
import type { Clock } from "../platform.ts";
import type { Place } from "../store/queries/timeline.ts";
import type { ArchiveFiles } from "./archive-files.ts";
import { partialOf, type Job, type RoomProgress, type WrittenRoom } from "./job.ts";
import { element } from "./markup.ts";
import { MediaFiles } from "./media-files.ts";
import { wholePage } from "./page.ts";
import { freshRoom, isTorn, RoomWriter, type ReadEvent, type RoomFacts } from "./room-writer.ts";
import { dayAndTime, words } from "./words.ts";

// One run of a job: from where it was written down to stand until it is done, fails, or is told to stop. It only ever
// goes on from the job as saved, so a first run, one after a kill and one after a full disk are the same.

export interface RunDeps {
  readonly clock: Pick<Clock, "breath">;
  readonly files: ArchiveFiles;
  readonly ownUserId: UserId;
  readonly read: (roomId: RoomId, after: Place, limit: number) => readonly ReadEvent[];
  readonly factsOf: (roomId: RoomId) => RoomFacts;
  readonly openMedia: (path: string, isPatient: boolean) => Promise<MediaAnswer>;
  readonly isLive: () => boolean;
  readonly history: {
    fetch(roomId: RoomId, isOn: boolean): void;
    view(): HistoryView;
    watch(emit: (view: HistoryView) => void): () => void;
  };
  readonly rooms: {
    at(number: number): { readonly number: number; readonly roomId: RoomId } | undefined;
    all(): readonly { readonly roomId: RoomId; readonly written: WrittenRoom | null }[];
  };
  /** Durable when it returns; `written` is the room that this step has finished. */
  readonly save: (job: Job, written?: WrittenRoom) => void;
  /** How many rooms still fetch their history. */
  readonly onFetching: (rooms: number) => void;
  readonly signal: AbortSignal;
}

export async function runJob(start: Job, deps: RunDeps): Promise<void> {
  let job = start;
  if (job.phase === "fetching") {
    await historyFetched(deps);
    job = { ...job, phase: "writing" };
    deps.save(job);
  }
  if (await isFinishedButForTheNote(job, deps)) return deps.save({ ...job, phase: "done" });
  const media = job.order.hasMedia ? mediaOf(job, deps) : null;
  while (job.roomsDone < job.roomsAll) job = await writeRoom(job, media, deps);
  await finish(job, deps);
  deps.save({ ...job, phase: "done" });
}

/** The kill came between the renaming and writing it down. */
async function isFinishedButForTheNote(job: Job, { files }: RunDeps): Promise<boolean> {
  if (job.roomsDone < job.roomsAll || (await files.exists(partialOf(job.folder)))) return false;
  return files.exists(join(job.folder, "index.html"));
}

const mediaOf = (job: Job, { files, openMedia, isLive }: RunDeps): MediaFiles =>
  new MediaFiles({ files, isLive, open: openMedia, dir: join(partialOf(job.folder), "media") });

async function historyFetched({ rooms, history, onFetching, signal }: RunDeps): Promise<void> {
  const wanted = new Set(rooms.all().map(({ roomId }) => roomId));
  for (const roomId of wanted) history.fetch(roomId, true);
  // A room the server refuses for good is written as it is here.
  const isOpen = (view: HistoryView): number =>
    view.jobs.filter(
      ({ roomId, state }) =>
        wanted.has(roomId) && !(typeof state === "object" && state.failed.kind === "rejected"),
    ).length;
  await new Promise<void>((resolve, reject) => {
    const look = (view: HistoryView): void => {
      const open = isOpen(view);
      onFetching(open);
      if (open > 0 && !signal.aborted) return;
      stop();
      if (signal.aborted) reject(new FailureError(aborted));
      else resolve();
    };
    const stop = history.watch(look);
    signal.addEventListener("abort", () => look(history.view()), { once: true });
    look(history.view());
  });
}

async function writeRoom(start: Job, media: MediaFiles | null, deps: RunDeps): Promise<Job> {
  const { rooms, files, read, save, clock, signal } = deps;
  let job = start;
  const next = rooms.at(job.roomsDone + 1);
  if (next === undefined) return { ...job, roomsDone: job.roomsAll };
  const writer = new RoomWriter(
    {
      ...{ files, media, read },
      dir: partialOf(job.folder),
      exportedAt: new Date(job.startedAt).toISOString(),
    },
    deps.factsOf(next.roomId),
    next.number,
  );
  let progress: RoomProgress = job.room?.number === next.number ? job.room : freshRoom(next.number);
  for (;;) {
    if (signal.aborted) throw new FailureError(aborted);
    const before = progress;
    const slice = await writer.slice(before).catch((error: unknown) => {
      // What was written is not there any more: the room begins anew, and its events are counted anew.
      if (!isTorn(error)) throw error;
      return null;
    });
    if (slice === null) {
      progress = freshRoom(next.number);
      job = { ...job, room: progress, events: job.events - before.events };
      save(job);
      continue;
    }
    progress = slice.progress;
    job = {
      ...job,
      room: slice.isEnd ? null : progress,
      roomsDone: job.roomsDone + (slice.isEnd ? 1 : 0),
      events: job.events + progress.events - before.events,
      media: { saved: job.media.saved + slice.saved, missing: job.media.missing + slice.missing },
    };
    save(job, slice.isEnd ? writer.written(progress) : undefined);
    if (slice.isEnd) return job;
    await clock.breath();
  }
}

/** The list of rooms, and then the final name: whoever sees that name sees a whole archive. */
async function finish(job: Job, { files, rooms, ownUserId }: RunDeps): Promise<void> {
  const written = rooms.all().flatMap(({ written: one }) => (one === null ? [] : [one]));
  const title = words.indexTitle(ownUserId);
  const page = wholePage(
    title,
    element("h1", {}, title),
    element("p", { class: "quiet" }, words.exported(dayAndTime(job.startedAt))),
    element("h2", {}, words.rooms),
    element(
      "ul",
      { class: "rooms" },
      written.map(({ folder, name, messages, isWhole }) =>
        element(
          "li",
          {},
          element("a", { href: `rooms/${encodeURIComponent(folder)}/messages.html` }, name),
          ` ${words.messages(messages)}`,
          isWhole ? null : element("p", { class: "quiet" }, words.incomplete),
        ),
      ),
    ),
  );
  await files.put(join(partialOf(job.folder), "index.html"), page);
  await files.rename(partialOf(job.folder), job.folder);
}
