import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import BetterSqlite3 from "better-sqlite3";
import { Emitter } from "../../lib/emitter.ts";
import { FailureError, toFailure } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { openDatabase, type Database } from "./database.ts";
import { cacheMigrations, keptMigrations } from "./migrations.ts";

/**
 * The profile on disk. Two files, because they have two fates: `cache` can be had again from the server and may be
 * thrown away; `kept` holds the user's own words (queue, drafts) and is never thrown away.
 *
 * There is no transaction over both. The rule that makes this safe: **cache first, then kept**, and whatever the
 * second step does must follow again from what the first one stored (`sending` settles its rows at every start).
 */
export interface Store {
  /** Another object after `replaceCache`: statements prepared on the old one are of no use any more. */
  readonly cache: Database;
  readonly kept: Database;
  /** True when the cache had to be moved aside at this start and everything comes from the server again. */
  readonly isCacheRebuilt: boolean;
  /**
   * Starts over with an empty cache. `moveAside` keeps the old file beside it (it is damaged, somebody may want to
   * look); `remove` leaves nothing behind (somebody signed out).
   */
  replaceCache(fate: "moveAside" | "remove"): Promise<void>;
  /** Calls `listener` whenever the cache in use turns out to be damaged. */
  onCacheDamaged(listener: () => void): void;
  /** Databases moved aside hold what somebody wrote; they go when that person does. */
  removeDamagedCopies(): void;
  /** Moves the write-ahead logs into the files and empties them, on the worker's thread (after redactions: RED-02). */
  truncateLogs(): void;
  close(): Promise<void>;
}

/** Opens a profile. Throws FailureError: in use by another instance, read-only, full, newer. */
export function openStore(platform: Platform): Store {
  const unlock = lockProfile(platform.profileDir);
  try {
    const kept = openKept(platform);
    const damage = new Emitter<void>();
    const opened = openCache(platform, damage);
    return hold({ platform, kept, damage, unlock }, opened);
  } catch (error) {
    unlock();
    throw new FailureError(toFailure(error), { cause: error });
  }
}

interface Parts {
  readonly platform: Platform;
  readonly kept: Database;
  readonly damage: Emitter<void>;
  readonly unlock: () => void;
}

function hold(
  { platform, kept, damage, unlock }: Parts,
  { cache: first, isCacheRebuilt }: OpenedCache,
): Store {
  let cache = first;
  let worker = startCheckpoints([cache.path, kept.path], platform);
  let closing: Promise<void> | null = null;
  return {
    get cache() {
      return cache;
    },
    kept,
    isCacheRebuilt,
    async replaceCache(fate) {
      await stopCheckpoints(worker);
      cache.close();
      removeCopies(cache.path);
      if (fate === "remove") removeFiles(cache.path);
      else moveAside(cache.path, platform);
      cache = openCache(platform, damage).cache;
      worker = startCheckpoints([cache.path, kept.path], platform);
    },
    onCacheDamaged: (listener) => void damage.on(listener),
    removeDamagedCopies() {
      removeCopies(cache.path);
      removeCopies(kept.path);
    },
    truncateLogs() {
      // A damaged cache set aside may hold the same words.
      removeCopies(cache.path);
      worker.postMessage("truncate");
    },
    close: () =>
      (closing ??= (async () => {
        await stopCheckpoints(worker);
        cache.close();
        kept.close();
        unlock();
      })()),
  };
}

/**
 * One instance per profile. SQLite's own file lock is the lock: the system frees it with the process, so a killed
 * instance leaves nothing stale behind.
 */
function lockProfile(profileDir: string): () => void {
  let lock: BetterSqlite3.Database | undefined;
  try {
    lock = new BetterSqlite3(join(profileDir, "lock.db"), { timeout: 0 });
    lock.pragma("journal_mode = DELETE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    const isBusy = error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
    if (!isBusy) throw new FailureError(unusableProfile(error), { cause: error });
    throw new FailureError({
      kind: "storage",
      problem: "in-use",
      message: "another instance uses this profile",
    });
  }
  const held = lock;
  return () => held.close();
}

function unusableProfile(error: unknown): ReturnType<typeof toFailure> {
  const failure = toFailure(error);
  // A read-only file system answers SQLITE_CANTOPEN to the attempt to create a file.
  return failure.kind === "storage" && failure.problem === "other"
    ? { ...failure, problem: "readonly" }
    : failure;
}

function openKept(platform: Platform): Database {
  const { clock, log } = platform;
  const options = {
    path: join(platform.profileDir, "kept.db"),
    migrations: keptMigrations,
    synchronous: "FULL",
    clock,
    log,
  } as const;
  try {
    return openDatabase(options);
  } catch (error) {
    if (toFailure(error).problem !== "damaged") throw error;
    // Nothing can be read from it by us; the file itself is kept for whoever can.
    moveAside(options.path, platform);
    return openDatabase(options);
  }
}

interface OpenedCache {
  readonly cache: Database;
  readonly isCacheRebuilt: boolean;
}

function openCache(platform: Platform, damage: Emitter<void>): OpenedCache {
  const { clock, log } = platform;
  const options = {
    path: cachePath(platform),
    migrations: cacheMigrations,
    synchronous: "NORMAL",
    clock,
    log,
    onDamaged: () => damage.emit(),
  } as const;
  try {
    return { cache: openDatabase(options), isCacheRebuilt: false };
  } catch (error) {
    const problem = toFailure(error).problem;
    if (problem !== "damaged" && problem !== "newer") throw error;
    moveAside(options.path, platform);
    return { cache: openDatabase(options), isCacheRebuilt: true };
  }
}

const cachePath = (platform: Platform): string => join(platform.profileDir, "cache.db");

function moveAside(path: string, platform: Platform): void {
  const suffix = `.damaged-${platform.clock.now()}`;
  platform.log("error", "database-moved-aside", { file: path + suffix });
  for (const part of ["", "-wal", "-shm"]) {
    if (existsSync(path + part)) renameSync(path + part, path + suffix + part);
  }
}

function removeFiles(path: string): void {
  for (const part of ["", "-wal", "-shm"]) rmSync(path + part, { force: true });
}

/** Of one database at most the last damaged copy is kept, for whoever wants to look. */
function removeCopies(path: string): void {
  const copies = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.damaged-`));
  for (const name of copies) rmSync(join(dirname(path), name), { force: true });
}

/** How often the log is moved into the file, ms. */
const CHECKPOINT_EVERY_MS = 1000;

function startCheckpoints(paths: readonly string[], platform: Platform): Worker {
  // The built bundle has the worker as a .js beside it; in tests Node runs the source itself.
  const file = import.meta.url.endsWith(".ts") ? "./checkpoint-worker.ts" : "./checkpoint-worker.js";
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: { paths, everyMs: CHECKPOINT_EVERY_MS },
  });
  worker.on("error", (error: Error) =>
    platform.log("error", "checkpoint-worker", { message: error.message }),
  );
  worker.unref();
  return worker;
}

function stopCheckpoints(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.threadId < 0) return resolve(); // it has ended already
    worker.once("exit", () => resolve());
    worker.ref();
    worker.postMessage("close");
  });
}
