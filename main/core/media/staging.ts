import { closeSync, openSync, readSync } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StagedId, UserId } from "../../../preload/contract/ids.ts";
import type { StageAnswer, StagedFile } from "../../../preload/contract/models/attachment.ts";
import { MAX_FILE_BYTES } from "../../../preload/contract/file-limit.ts";
import type { StageRequest } from "../api.ts";
import { failed, FailureError, invalid, toFailure, type Failure } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { stagingQueries } from "../store/queries/staging.ts";
import type { Store } from "../store/store.ts";
import { oneLine } from "../text.ts";
import { inspectFile, type Inspected } from "./inspect.ts";
import { inspectText } from "./plain-text.ts";
import { UNKNOWN_TYPE } from "./sniff.ts";
import { cleanFile, isPhotoTurned } from "./strip/clean-file.ts";

// Files the user wants to send: taken from the page piece by piece, never more than may be sent, cleared of place and
// camera, and safely on disk (fsync) with a row in kept.db before the page is told. A row without a file is a lie,
// a file without a row is rubbish: the row is written last, and `sweep` removes what has none.

const MAX_NAME = 255;

export interface StagingDeps {
  readonly platform: Pick<Platform, "clock" | "log">;
  readonly store: Pick<Store, "kept">;
  /** Ours alone; made when needed. */
  readonly dir: string;
  readonly userId: () => UserId | null;
  /** What the server takes, bytes; null while nobody knows. */
  readonly limit: () => number | null;
  /** The user wants place and camera to stay in photos. */
  readonly keepsDetails: () => boolean;
  /** Pictures of more are sent as files: whoever gets them could not look at them either. */
  readonly maxPixels: number;
}

export interface Staging {
  /**
   * Never throws. The same id again answers for the file that is there; a recording grows by each piece that continues it,
   * as long as this run lasts and nobody sends it.
   */
  stage(request: StageRequest): Promise<StageAnswer>;
  /** What is known of a staged file of the person signed in. */
  find(stagedId: StagedId): StagedFile | null;
  /** Where its bytes lie. */
  pathOf(stagedId: StagedId): string;
  /** It is a text that begins with these words. At once: it is asked in the commit that sends it. */
  beginsWith(stagedId: StagedId, words: string): boolean;
  /** These belong to the queue from here on, and go when it no longer needs them. */
  handedOver(stagedIds: readonly StagedId[]): void;
  /** Removes these, but for what a message or a draft still needs. */
  discard(stagedIds: readonly StagedId[]): Promise<void>;
  /** Removes what no message and no draft needs, but for what was staged in this run and may be about to be used. */
  sweep(): Promise<void>;
}

const ADDRESS =
  /^staged\/([A-Za-z0-9_-]{16,64})(?:\?name=([^&#]{0,3000})(?:(&details=keep)|&from=(\d{1,12}))?)?$/;

/** Asked for this one file, after it was said that nobody can take place and camera out of it. */
const keepsDetailsOf = (path: string): boolean => ADDRESS.exec(path)?.[3] !== undefined;

/** Of a recording, the bytes in front of this piece; null for what is not being recorded. */
function fromOf(path: string): number | null {
  const from = ADDRESS.exec(path)?.[4];
  return from === undefined ? null : Number(from);
}

/** The staged file meant by a path below the resources base; null for any other path. */
export const stagedIdIn = (path: string): StagedId | null =>
  (ADDRESS.exec(path)?.[1] ?? null) as StagedId | null;

export function createStaging(deps: StagingDeps): Staging {
  const { dir, store } = deps;
  const rows = stagingQueries(store.kept);
  const fresh = new Set<StagedId>();
  const coming = new Map<StagedId, Promise<StageAnswer>>();
  /** What is being recorded, and the bytes that are here of it. */
  const growing = new Map<StagedId, number>();
  const pathOf = (stagedId: StagedId): string => join(dir, stagedId);
  let sweeping: Promise<void> = Promise.resolve();

  function find(stagedId: StagedId): StagedFile | null {
    const row = rows.byId.get({ stagedId });
    if (row === undefined || row.userId !== deps.userId()) return null;
    const { userId: _, ...file } = row;
    return file;
  }

  async function take(stagedId: StagedId, request: StageRequest): Promise<StageAnswer> {
    const userId = deps.userId();
    if (userId === null) return failed({ kind: "unauthorized", message: "nobody is signed in" });
    const known = find(stagedId);
    if (known !== null) return { ok: true, file: known };
    const part = `${pathOf(stagedId)}.part`;
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await receive(part, request, 0, mostBytes(deps.limit()));
      const text = mayBeText(request.contentType) ? await inspectText(part) : null;
      const found = text ?? (await inspectFile(part));
      const contentType = typeOf(found.contentType, request.contentType);
      const from = fromOf(request.path);
      // A microphone knows no place.
      const isKept = text !== null || from !== null || deps.keepsDetails() || keepsDetailsOf(request.path);
      const isTurned = await (isKept ? isPhotoTurned : clean)(part, found.contentType, found.size);
      const size = await finish(part, pathOf(stagedId), dir);
      const file = { ...describe(stagedId, request, contentType, isTurned ? turned(found) : found), size };
      if (deps.userId() !== userId) return failed({ kind: "aborted", message: "signed out meanwhile" });
      rows.insert.run({ ...file, userId, now: deps.platform.clock.now() });
      fresh.add(stagedId);
      if (from !== null) growing.set(stagedId, size);
      return { ok: true, file };
    } catch (error) {
      return refused(error);
    } finally {
      await rm(part, { force: true }).catch(() => undefined);
    }
  }

  /** The bytes first, then how many there are: what is on disk of a recording is never less than is said of it. */
  async function grow(stagedId: StagedId, from: number, request: StageRequest): Promise<StageAnswer> {
    if (growing.get(stagedId) !== from) return failed(invalid("not-growing"));
    try {
      const size = await receive(pathOf(stagedId), request, from, mostBytes(deps.limit()));
      const file = growing.get(stagedId) === from ? find(stagedId) : null;
      if (file === null) return failed({ kind: "aborted", message: "sent or discarded meanwhile" });
      growing.set(stagedId, size);
      rows.resize.run({ stagedId, size });
      return { ok: true, file: { ...file, size } };
    } catch (error) {
      return refused(error);
    }
  }

  function refused(error: unknown): StageAnswer {
    const failure = toFailure(error);
    deps.platform.log("info", "staging-failed", { kind: failure.kind, problem: failure.problem });
    return failed(failure);
  }

  function describe(
    stagedId: StagedId,
    request: StageRequest,
    contentType: string,
    found: Inspected,
  ): Omit<StagedFile, "size"> {
    const name = oneLine(nameIn(request.path), MAX_NAME) || "file";
    const isPicture = contentType.startsWith("image/") && found.pixels > 0 && found.pixels <= deps.maxPixels;
    const top = contentType.split("/", 1)[0];
    const kind = isPicture ? "image" : top === "video" || top === "audio" ? top : "file";
    const { width, height } = isPicture ? found : { width: null, height: null };
    return { stagedId, name, contentType, kind, width, height };
  }

  function leave(stagedId: StagedId): void {
    fresh.delete(stagedId);
    growing.delete(stagedId);
  }

  async function sweep(): Promise<void> {
    for (const { stagedId } of rows.unneeded.all({})) if (!fresh.has(stagedId)) rows.remove.run({ stagedId });
    const names = await readdir(dir).catch(() => []);
    // Each asked about when it is its turn: files come meanwhile.
    for (const name of names) if (!isWanted(name)) await rm(join(dir, name), { force: true });
  }

  /** It is on its way, or written down. */
  function isWanted(name: string): boolean {
    const stagedId = name.replace(/\.part$/, "") as StagedId;
    return coming.has(stagedId) || (name === stagedId && rows.byId.get({ stagedId }) !== undefined);
  }

  return {
    find,
    pathOf,
    stage(request) {
      const stagedId = stagedIdIn(request.path);
      if (stagedId === null) return Promise.resolve(failed(invalid("not a place for a staged file")));
      const from = fromOf(request.path);
      // Two writers of one file would mix their bytes; the second one's are the same anyway.
      const running = coming.get(stagedId);
      const isMore = from !== null && from > 0;
      if (running !== undefined) return isMore ? Promise.resolve(failed(invalid("not-growing"))) : running;
      const taking = isMore ? grow(stagedId, from, request) : take(stagedId, request);
      const mine = taking.finally(() => coming.delete(stagedId));
      coming.set(stagedId, mine);
      return mine;
    },
    beginsWith(stagedId, words) {
      const wanted = Buffer.from(words);
      try {
        return wanted.equals(beginningOf(pathOf(stagedId), wanted.length));
      } catch {
        // What nobody could compare is not taken away.
        return false;
      }
    },
    handedOver: (stagedIds) => stagedIds.forEach(leave),
    async discard(stagedIds) {
      for (const stagedId of stagedIds) {
        leave(stagedId);
        await coming.get(stagedId);
        if (find(stagedId) === null || rows.remove.run({ stagedId }) > 0)
          await rm(pathOf(stagedId), { force: true });
      }
    },
    sweep: () => (sweeping = sweeping.then(sweep).catch(() => undefined)),
  };
}

const mostBytes = (limit: number | null): number => Math.min(limit ?? MAX_FILE_BYTES, MAX_FILE_BYTES);

/** Writes what comes behind the first `from` bytes, and stops where it is more than may be sent. Answers the bytes. */
async function receive(
  path: string,
  { body, length }: StageRequest,
  from: number,
  most: number,
): Promise<number> {
  if (length !== null && from + length > most) throw new FailureError(tooLarge);
  const file = await open(path, from === 0 ? "w" : "a", 0o600);
  try {
    // Of a piece that broke off nothing stays.
    if (from > 0) await file.truncate(from);
    let size = from;
    for await (const piece of body) {
      size += piece.byteLength;
      if (size > most) throw new FailureError(tooLarge);
      await file.writeFile(piece);
    }
    if (length !== null && size !== from + length)
      throw new FailureError({ kind: "aborted", message: "cut off" });
    if (size === 0) throw new FailureError(invalid("empty-file"));
    if (from > 0) await file.datasync();
    return size;
  } finally {
    await file.close();
  }
}

function beginningOf(path: string, length: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

const tooLarge: Failure = { kind: "rejected", message: "file-too-large", errcode: "M_TOO_LARGE" };

/** Takes place and camera out. True when it is a picture that is shown turned by a quarter. */
async function clean(part: string, contentType: string, size: number): Promise<boolean> {
  const cleaned = await cleanFile(part, contentType, size);
  // Nobody knows what would be left in it, and the user was promised that it is gone.
  if (cleaned.is === "unknown") throw new FailureError(invalid("photo-unreadable"));
  return cleaned.isTurned;
}

/** Down to the disk itself, under its name for good. Answers the bytes. */
async function finish(part: string, path: string, dir: string): Promise<number> {
  const file = await open(part, "r+");
  try {
    await file.sync();
    const { size } = await file.stat();
    await rename(part, path);
    await syncDirectory(dir);
    return size;
  } finally {
    await file.close();
  }
}

/** Windows has no such thing, and needs none. */
async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, "r").catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

const turned = (found: Inspected): Inspected => ({ ...found, width: found.height, height: found.width });

/**
 * What the bytes say counts. Where they say nothing, the word of the user's own system does, as long as nobody could
 * take it for something to be shown: a text or a PDF is only ever saved.
 */
function typeOf(sniffed: string, declared: string | null): string {
  const said = saidType(declared);
  // One container for both: sound alone is told apart only by whoever recorded it.
  if (sniffed === "video/webm" && said === "audio/webm") return said;
  if (sniffed === "video/mp4" && said === "audio/mp4") return said;
  if (sniffed !== UNKNOWN_TYPE) return sniffed;
  const isPlain = /^(?:text|application|font|model|message|chemical)\/[a-z0-9][a-z0-9.+-]{0,100}$/.test(said);
  return isPlain ? said : UNKNOWN_TYPE;
}

const saidType = (declared: string | null): string =>
  (declared ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** Not called a picture, a sound or a film. */
const mayBeText = (declared: string | null): boolean => !/^(?:image|audio|video)\//.test(saidType(declared));

function nameIn(path: string): string {
  try {
    return decodeURIComponent(ADDRESS.exec(path)?.[2] ?? "");
  } catch {
    return "";
  }
}
