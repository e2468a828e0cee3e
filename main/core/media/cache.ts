import { createHash } from "node:crypto";
import { copyFile, mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

// Files on disk: <dir>/<first two digits>/<hash of the key>.<size>. The hash begins with that of the medium (the key
// up to "?"), so that all its thumbnails are found together. Names are made from hashes only, so nothing of an event
// reaches the file system and ids that differ in case stay apart on every disk (ATT-08, ATT-11). The size in
// the name tells a file torn by a power cut; the time of the last use is the file's mtime.

export interface CachedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** A file being written; it becomes visible with `keep` and disappears with `drop`. */
export interface Writing {
  readonly path: string;
  write(piece: Uint8Array): Promise<void>;
  /** Closes the file; it can be looked at then. */
  finish(): Promise<void>;
  /** `written`: the bytes in it, where they did not come through `write`. */
  keep(key: string, written?: number): Promise<CachedFile>;
  drop(): Promise<void>;
}

export interface MediaCache {
  find(key: string): Promise<CachedFile | null>;
  begin(): Promise<Writing>;
  /** Puts a copy of a file of ours under this key: what was uploaded from here need not come back. */
  adopt(key: string, path: string): Promise<void>;
  /** Evicts what is over the limit now, which may have changed. */
  trim(): Promise<void>;
  /** Removes the file of this key and those of the same key with any query. */
  remove(key: string): Promise<void>;
  clear(): Promise<void>;
  stats(): Promise<{ readonly files: number; readonly bytes: number }>;
}

/** A use within so many ms of the last noted one is not written down again. */
const TOUCH_EVERY_MS = 3_600_000;
/** Eviction goes on down to this share of the limit, so that it is rare. */
const EVICT_TO = 0.9;

/** What was asked for within so many ms is not evicted (ATT-15 keeps the limit, but not at the cost of the screen). */
const IN_USE_MS = 60_000;

interface Options {
  readonly dir: string;
  /** Asked each time: the user may change it. */
  readonly maxBytes: () => number;
  /** Ms since the epoch. */
  readonly now: () => number;
  readonly token: () => string;
}

export function createCache({ dir, maxBytes, now, token }: Options): MediaCache {
  const incoming = join(dir, "incoming");
  /** Bytes on disk; null until counted. */
  let bytes: number | null = null;
  let evicting: Promise<void> = Promise.resolve();
  let prepared: Promise<void> | null = null;
  /** When files were last asked for in this run, ms since the epoch, by path: finer than what the disk is told. */
  const used = new Map<string, number>();
  const half = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
  const mediumOf = (key: string): string => half(key.split("?", 1)[0] ?? "");
  const hashOf = (key: string): string => mediumOf(key) + half(key);
  const shardOf = (hash: string): string => join(dir, hash.slice(0, 2));

  /** Once per run, what a crash left half-written goes. */
  const prepare = async (): Promise<void> => {
    prepared ??= rm(incoming, { recursive: true, force: true }).catch(() => undefined);
    await prepared;
    await mkdir(incoming, { recursive: true, mode: 0o700 });
  };

  async function find(key: string): Promise<CachedFile | null> {
    const hash = hashOf(key);
    const names = await namesIn(shardOf(hash));
    for (const name of names.filter((entry) => entry.startsWith(`${hash}.`))) {
      const path = join(shardOf(hash), name);
      const found = await stat(path).catch(() => null);
      if (found === null) continue;
      if (found.size === sizeIn(name)) {
        used.set(path, now());
        if (Math.abs(now() - found.mtimeMs) > TOUCH_EVERY_MS) await touch(path);
        return { path, size: found.size };
      }
      await rm(path, { force: true });
    }
    return null;
  }

  const touch = (path: string): Promise<void> =>
    utimes(path, now() / 1000, now() / 1000).catch(() => undefined);

  async function begin(): Promise<Writing> {
    await prepare();
    const path = join(incoming, token());
    const file = await open(path, "wx", 0o600);
    let size = 0;
    let isOpen = true;
    const finish = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await file.close();
    };
    return {
      path,
      async write(piece) {
        await file.writeFile(piece);
        size += piece.byteLength;
      },
      finish,
      async keep(key, written) {
        await finish();
        size = written ?? size;
        const hash = hashOf(key);
        const target = join(shardOf(hash), `${hash}.${size}`);
        await mkdir(shardOf(hash), { recursive: true, mode: 0o700 });
        await touch(path);
        await rename(path, target);
        if (bytes !== null) bytes += size;
        used.set(target, now());
        // Behind the answer: counting a full cache takes a while.
        evicting = evicting.then(evict).catch(() => undefined);
        return { path: target, size };
      },
      async drop() {
        await finish().catch(() => undefined);
        await rm(path, { force: true });
      },
    };
  }

  async function evict(): Promise<void> {
    const most = maxBytes();
    if (bytes !== null && bytes <= most) return;
    const all = await allFiles(dir);
    // A film that alone is more than the limit is there for whoever asked, and must not drive out everything else.
    const huge = all.filter(({ size }) => size > most);
    const files = all.filter(({ size }) => size <= most);
    const idle = huge.filter(({ path }) => !isInUse(path));
    for (const { path } of idle) await rm(path, { force: true });
    await evictTo(files, most);
    // One that is still looked at goes at the next occasion.
    if (idle.length < huge.length) bytes = null;
  }

  async function evictTo(files: Awaited<ReturnType<typeof allFiles>>, most: number): Promise<void> {
    bytes = files.reduce((sum, file) => sum + file.size, 0);
    if (bytes <= most) return;
    const lastUse = (file: (typeof files)[number]): number => Math.max(file.usedAt, used.get(file.path) ?? 0);
    for (const file of files.sort((a, b) => lastUse(a) - lastUse(b))) {
      // All that is left is in use: it stays over the limit for a while.
      if (bytes <= most * EVICT_TO || isInUse(file.path)) break;
      await rm(file.path, { force: true });
      used.delete(file.path);
      bytes -= file.size;
    }
  }

  /** Just asked for: it may be on the screen. */
  const isInUse = (path: string): boolean => now() - (used.get(path) ?? Number.NEGATIVE_INFINITY) < IN_USE_MS;

  async function adopt(key: string, path: string): Promise<void> {
    if ((await find(key)) !== null) return;
    const writing = await begin();
    try {
      await copyFile(path, writing.path);
      const { size } = await stat(writing.path);
      await writing.keep(key, size);
    } finally {
      await writing.drop();
    }
  }

  return {
    find,
    begin,
    adopt,
    trim: () => (evicting = evicting.then(evict).catch(() => undefined)),
    async remove(key) {
      const medium = mediumOf(key);
      const names = (await namesIn(shardOf(medium))).filter((name) => name.startsWith(medium));
      await Promise.all(names.map((name) => rm(join(shardOf(medium), name), { force: true })));
      // Counted anew when it matters.
      if (names.length > 0) bytes = null;
      for (const name of names) used.delete(join(shardOf(medium), name));
    },
    async clear() {
      await evicting;
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
      bytes = null;
      prepared = null;
      used.clear();
    },
    async stats() {
      await evicting;
      const files = await allFiles(dir);
      return { files: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0) };
    },
  };
}

const namesIn = (path: string): Promise<string[]> => readdir(path).catch(() => []);
const sizeIn = (name: string): number => Number(/^[0-9a-f]{64}\.(\d{1,15})$/.exec(name)?.[1] ?? NaN);

async function allFiles(
  dir: string,
): Promise<{ readonly path: string; readonly size: number; readonly usedAt: number }[]> {
  const shards = (await namesIn(dir)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const files = [];
  for (const shard of shards) {
    for (const name of await namesIn(join(dir, shard))) {
      const path = join(dir, shard, name);
      const found = await stat(path).catch(() => null);
      if (found !== null) files.push({ path, size: found.size, usedAt: found.mtimeMs });
    }
  }
  return files;
}
