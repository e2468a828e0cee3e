import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { ExportOrder, ExportView } from "../../../preload/contract/models/export.ts";
import { fakePlatform, realClock, type FakePlatform } from "../fake-platform.ts";
import { FailureError } from "../failure.ts";
import { openStore, type Store } from "../store/store.ts";
import { nodeFiles, type ArchiveFiles } from "./archive-files.ts";
import { createExports, type Exports } from "./export.ts";
import type { RunDeps } from "./export-run.ts";
import { SLICE, type ReadEvent } from "./room-writer.ts";

// Writing a long room down while the program is killed, the disk fills up, and the user changes their mind. What is read
// is made up; disk and database are real.

const roomId = "!room:example.org" as RoomId;
const ann = "@ann:example.org" as UserId;
const order: ExportOrder = { roomId, hasMedia: false, isComplete: false };

let platform: FakePlatform;
let store: Store;
beforeEach(() => {
  platform = fakePlatform({ clock: realClock() });
  store = openStore(platform);
});
afterEach(async () => {
  await store.close();
  platform.cleanUp();
});

/** A room of so many messages, in one segment; every third is edited, as far as the original events show. */
const roomOf =
  (count: number): RunDeps["read"] =>
  (_room, after, limit) =>
    Array.from({ length: Math.max(0, Math.min(limit, count - 1 - Math.max(after.position, -1))) }, (_, i) =>
      messageAt(Math.max(after.position, -1) + 1 + i),
    );

function messageAt(n: number): ReadEvent {
  const eventId = `$${n}` as EventId;
  const ts = Date.UTC(2026, 0, 1) + n * 60_000;
  return {
    place: { segment: 0, position: n },
    eventId,
    raw: JSON.stringify({ event_id: eventId, type: "m.room.message", content: { body: `message ${n}` } }),
    versions: [],
    item: {
      ...{ id: eventId, eventId, kind: "message", ts, readBy: [], readByCount: 0 },
      sender: { userId: ann, name: "Ann", isAmbiguous: false, avatar: null, isOwn: true },
      body: { type: "text", text: `message ${n}`, html: null },
      ...{ relations: null, isMention: false, externalUrl: null, send: null, transactionId: null },
    },
  };
}

const noHistory: RunDeps["history"] = {
  fetch: () => undefined,
  view: () => ({ isPaused: false, jobs: [] }),
  watch: () => () => undefined,
};

function exporting(count: number, files: ArchiveFiles = nodeFiles, read = roomOf(count)): Exports {
  return createExports({
    ...{ platform, store, files, read, ownUserId: ann, history: noHistory },
    openMedia: () => Promise.resolve({ ok: false, failure: { kind: "offline", message: "" } }),
    isLive: () => false,
  });
}

async function until(exports: Exports, isWanted: (view: ExportView) => boolean): Promise<ExportView> {
  return new Promise((resolve) => {
    const look = (view: ExportView): void => {
      if (isWanted(view)) resolve(view);
    };
    const opened = exports.sources.exports(null, look);
    look(opened.snapshot);
  });
}
/** The process is no more in the middle of this append: half of it reaches the disk. */
function dyingAt(nth: number): { readonly files: ArchiveFiles; readonly died: Promise<void> } {
  const death = Promise.withResolvers<void>();
  let writes = 0;
  const files: ArchiveFiles = {
    ...nodeFiles,
    append(path, length, text) {
      if (++writes < nth) return nodeFiles.append(path, length, text);
      appendFileSync(path, text.slice(0, text.length / 2));
      death.resolve();
      return new Promise(() => undefined);
    },
  };
  return { files, died: death.promise };
}
const isDone = ({ job }: ExportView): boolean => job?.state === "done";
const hasFailed = ({ job }: ExportView): boolean => typeof job?.state === "object";

interface Archive {
  readonly events: readonly { readonly event_id: string }[];
  readonly pages: readonly string[];
  /** Texts of all pages, in order. */
  readonly shown: readonly string[];
}
function archiveIn(folder: string): Archive {
  const [name = ""] = readdirSync(join(folder, "rooms"));
  const room = join(folder, "rooms", name);
  const { events } = JSON.parse(readFileSync(join(room, "events.json"), "utf8")) as Pick<Archive, "events">;
  const pages = readdirSync(room)
    .filter((one) => one.endsWith(".html"))
    .sort((a, b) => pageNumber(a) - pageNumber(b))
    .map((one) => readFileSync(join(room, one), "utf8"));
  const shown = pages.flatMap((page) => [...page.matchAll(/>(message \d+)</g)].map(([, text = ""]) => text));
  return { events, pages, shown };
}
const pageNumber = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 1);
const folderOf = ({ job }: ExportView): string => job?.folder ?? "";

function expectWhole(view: ExportView, count: number): void {
  const { events, shown, pages } = archiveIn(folderOf(view));
  const wanted = Array.from({ length: count }, (_, n) => n);
  expect(events.map(({ event_id }) => event_id)).toEqual(wanted.map((n) => `$${n}`));
  expect(shown).toEqual(wanted.map((n) => `message ${n}`));
  for (const page of pages) expect(page.endsWith("</html>\n")).toBe(true);
  expect(view.job?.events).toEqual({ done: count, all: count });
  expect(existsSync(`${folderOf(view)}.partial`)).toBe(false);
}

describe("a long room", () => {
  it("writes 20,000 messages in slices, with a turn for everybody else after each", async () => {
    const count = 20_000;
    const steps: string[] = [];
    const read = roomOf(count);
    const clock = realClock();
    platform = { ...platform, clock: { ...clock, breath: () => (steps.push("breath"), clock.breath()) } };
    const exports = exporting(count, nodeFiles, (...asked) => {
      steps.push(`read ${asked[2]}`);
      return read(...asked);
    });
    await exports.handlers.startExport({ order });
    const view = await until(exports, isDone);
    expectWhole(view, count);
    // The last read, of nothing, ends the room.
    expect(steps.filter((step) => step !== "breath")).toHaveLength(count / SLICE + 1);
    for (const [i, step] of steps.entries())
      if (step !== "breath") expect([step, steps[i - 1]]).toEqual([`read ${SLICE}`, "breath"]);
    expect(archiveIn(folderOf(view)).pages).toHaveLength(count / 1000 + 1);
  });

  it("goes on after a kill in the middle of a slice: nothing twice, nothing missing", async () => {
    const count = 1234;
    const { files, died } = dyingAt(9);
    const first = exporting(count, files);
    await first.handlers.startExport({ order });
    await died;
    const second = exporting(count);
    second.start();
    expectWhole(await until(second, isDone), count);
  });

  it("begins a room anew when the disk has less than was written down", async () => {
    const { files, died } = dyingAt(9);
    const first = exporting(1000, files);
    await first.handlers.startExport({ order });
    await died;
    const partial = `${folderOf(await until(first, () => true))}.partial`;
    const [name = ""] = readdirSync(join(partial, "rooms"));
    truncateSync(join(partial, "rooms", name, "events.json"), 10);
    const second = exporting(1000);
    second.start();
    expectWhole(await until(second, isDone), 1000);
  });

  it("begins anew when somebody has removed the unfinished folder", async () => {
    const { files, died } = dyingAt(5);
    const first = exporting(500, files);
    await first.handlers.startExport({ order });
    await died;
    const begun = await until(first, () => true);
    rmSync(`${folderOf(begun)}.partial`, { recursive: true });
    const second = exporting(500);
    second.start();
    expectWhole(await until(second, isDone), 500);
  });

  it("is done when the kill came between the last name and the note", async () => {
    const death = Promise.withResolvers<void>();
    const first = exporting(50, {
      ...nodeFiles,
      async rename(from, to) {
        await nodeFiles.rename(from, to);
        death.resolve();
        await new Promise(() => undefined);
      },
    });
    await first.handlers.startExport({ order });
    await death.promise;
    const begun = await until(first, () => true);
    const second = exporting(50);
    second.start();
    expectWhole(await until(second, isDone), 50);
    expect(readdirSync(dirname(folderOf(begun)))).toHaveLength(1);
  });
});

describe("trouble", () => {
  it("keeps what is written when the disk is full, says so, and goes on when asked", async () => {
    let isFull = true;
    const full: ArchiveFiles = {
      ...nodeFiles,
      async append(path, length, text) {
        if (!isFull || length < 30_000) return nodeFiles.append(path, length, text);
        throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
      },
    };
    const exports = exporting(800, full);
    await exports.handlers.startExport({ order });
    const { job } = await until(exports, hasFailed);
    expect(job?.state).toMatchObject({ failed: { kind: "storage", problem: "full" } });
    expect(job?.events.done).toBeGreaterThan(0);
    expect(existsSync(job?.folder ?? "")).toBe(false);
    isFull = false;
    await exports.handlers.retryExport({});
    expectWhole(await until(exports, isDone), 800);
  });

  it("leaves nothing behind when it is cancelled half-way", async () => {
    const exports = exporting(5000);
    await exports.handlers.startExport({ order });
    await until(exports, ({ job }) => (job?.events.done ?? 0) > 300);
    await exports.handlers.cancelExport({});
    expect((await until(exports, () => true)).job).toBeNull();
    expect(readdirSync(platform.downloads)).toEqual([]);
    const next = exporting(5000);
    next.start();
    expect((await until(next, () => true)).job).toBeNull();
  });

  it("refuses a second one, and has room for it once the first is done", async () => {
    const exports = exporting(300);
    await exports.handlers.startExport({ order });
    await expect(exports.handlers.startExport({ order })).rejects.toThrow(FailureError);
    const first = await until(exports, isDone);
    await exports.handlers.startExport({ order });
    const second = await until(exports, (view) => isDone(view) && folderOf(view) !== folderOf(first));
    expectWhole(second, 300);
    expect(readdirSync(platform.downloads)).toHaveLength(2);
  });

  it("does not begin when the user chose no folder", async () => {
    platform = { ...platform, folders: { asks: true, choose: () => Promise.resolve(null) } };
    const exports = exporting(10);
    expect(await exports.handlers.startExport({ order })).toEqual({ isStarted: false });
    expect((await until(exports, () => true)).job).toBeNull();
  });
});
