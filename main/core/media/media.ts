import type { MxcUri } from "../../../preload/contract/ids.ts";
import type { MediaAnswer, MediaFile } from "../api.ts";
import { aborted, failed, invalid, ok, toFailure, type Failure, type Result } from "../failure.ts";
import type { HomeserverHttp } from "../homeserver/http.ts";
import { downloadMedia, type MediaApi } from "../homeserver/media.ts";
import { mxcPath, parseMediaPath, type Thumbnail } from "../mxc.ts";
import type { Platform } from "../platform.ts";
import { createArriving, type Arriving } from "./arriving.ts";
import { createCache, type CachedFile } from "./cache.ts";
import { createDownloads, type Download, type Downloads } from "./downloads.ts";
import { createGate } from "../gate.ts";
import { inspectFile } from "./inspect.ts";
import { resuming, type Attempt } from "./resuming.ts";
import { MAX_FILE_BYTES } from "../../../preload/contract/file-limit.ts";

/** Bytes and pixels; requirements.md, ATT-15. */
export interface MediaLimits {
  readonly cacheBytes: number;
  /** Of what is fetched without being asked for: thumbnails. */
  readonly thumbnailBytes: number;
  readonly fileBytes: number;
  readonly pixels: number;
}

/** The most that is decoded: a phone's largest photo, not a bomb. */
export const MAX_PIXELS = 50_000_000;

const defaultLimits: MediaLimits = {
  cacheBytes: 1024 ** 3,
  thumbnailBytes: 20 * 1024 ** 2,
  fileBytes: MAX_FILE_BYTES,
  pixels: MAX_PIXELS,
};

/** A picture of fewer bytes is decoded whole where a thumbnail is shown, rather than asked for once more. */
const OWN_THUMBNAIL_BYTES = 2 * 1024 ** 2;

const DOWNLOADS_AT_ONCE = 6;
/** How many opened files are remembered without looking at the disk again. */
const REMEMBERED = 2_000;

export interface Media {
  /**
   * `path` as `mxcPath` writes it. From the disk when it is there, also offline; else from the own homeserver. With
   * `again=N` at the end of its query the user has asked: what failed a moment ago is tried once more.
   */
  open(path: string): Promise<MediaAnswer>;
  /**
   * The same for a file that is only saved: nothing decodes it here, so it may have any number of pixels; and all of it
   * is here when it is answered.
   */
  openToSave(path: string): Promise<MediaAnswer>;
  /** As `open`, but only from the disk. */
  stored(path: string): Promise<MediaAnswer>;
  /** Removes these media in all sizes: what they belonged to was redacted. */
  forget(mxcs: readonly MxcUri[]): Promise<void>;
  /** We have uploaded this file of ours: whoever asks for the medium gets it from here. */
  adopt(mxc: MxcUri, path: string): Promise<void>;
  /** The user has set another limit. */
  trim(): Promise<void>;
  /** Stops downloads and removes everything. */
  clear(): Promise<void>;
  stats(): Promise<{ readonly files: number; readonly bytes: number }>;
  /** Whole files on their way. */
  readonly downloads: Pick<Downloads, "cancel" | "current" | "watch">;
}

export interface MediaOptions {
  readonly platform: Platform;
  /** Null while nobody is signed in. */
  readonly http: () => HomeserverHttp | null;
  readonly mediaApi: () => MediaApi;
  /** Ours alone; made when needed. */
  readonly dir: string;
  readonly limits?: Partial<MediaLimits>;
  /** The user's limit of the cache, bytes; asked each time. */
  readonly cacheBytes?: () => number;
}

/** How the page says that the user asks again. The number makes it another address to the browser. */
const AGAIN = /[?&]again=\d{1,4}$/;

/** A picture with more pixels than anybody should decode is never shown. */
export const tooManyPixels: Failure = {
  kind: "rejected",
  message: "too-many-pixels",
  errcode: "M_TOO_LARGE",
};

/** A thumbnail is small: it is brought in one piece or not at all. */
const onlyOnce: Attempt = { from: undefined, begin: () => undefined, grew: () => undefined };

/** A file that is here. */
interface Had {
  readonly file: MediaFile;
  readonly hasTooManyPixels: boolean;
}
type Got = Result<Had>;
interface Running {
  readonly first: Promise<Got>;
  readonly whole: Promise<Got>;
}
type Wanted = NonNullable<ReturnType<typeof parseMediaPath>>;

export function createMedia(mediaOptions: MediaOptions): Media {
  const { platform, dir } = mediaOptions;
  const limits = { ...defaultLimits, ...mediaOptions.limits };
  const { clock, random } = platform;
  const cache = createCache({
    dir,
    maxBytes: mediaOptions.cacheBytes ?? (() => limits.cacheBytes),
    now: () => clock.now(),
    token: () => random.token(),
  });
  const gate = createGate(DOWNLOADS_AT_ONCE);
  const downloads = createDownloads(clock);
  /** Files that can be played while they come. */
  const playing = new Map<string, MediaFile>();
  const joined = new Map<string, Running>();
  const early = new Map<string, (file: MediaFile) => void>();
  const refused = new Map<string, { readonly failure: Failure; readonly until: number }>();
  /** Endpoints this server turned out not to have. */
  const unrecognized = new Set<MediaApi>();
  let stopping = new AbortController();

  async function answer(path: string, wanted: Wanted): Promise<Got> {
    try {
      const stored = await cache.find(path);
      if (stored !== null) return ok(await opened(stored));
      const whole = await wholeFor(wanted);
      if (whole !== null) return ok(whole);
      const before = refused.get(path);
      if (before !== undefined && clock.monotonic() < before.until) return failed(before.failure);
      const fetched = await fetchInTurn(path, wanted);
      if (!fetched.ok) return refuse(path, fetched.failure);
      refused.delete(path);
      return fetched;
    } catch (error) {
      return refuse(path, toFailure(error));
    }
  }

  /** A picture that is here whole, and is small, is its own thumbnail: nothing has to come for it. */
  async function wholeFor({ mxc, thumbnail }: Wanted): Promise<Had | null> {
    const stored = thumbnail === null ? null : await cache.find(mxcPath(mxc));
    if (stored === null || stored.size > OWN_THUMBNAIL_BYTES) return null;
    const had = await opened(stored);
    return had.file.contentType.startsWith("image/") && !had.hasTooManyPixels ? had : null;
  }

  /** Remembers a failure for a while: a broken avatar shows up in every row. */
  function refuse(path: string, failure: Failure): Got {
    const pause = pauseAfter(failure);
    if (pause > 0) refused.set(path, { failure, until: clock.monotonic() + pause });
    if (refused.size > REMEMBERED) refused.delete(refused.keys().next().value ?? "");
    return failed(failure);
  }

  /** Forgets a failure, unless the server set a time or nothing can have changed. */
  function forgive(path: string): void {
    const failure = refused.get(path)?.failure;
    if (failure?.kind !== "limited" && failure?.errcode !== "M_TOO_LARGE") refused.delete(path);
  }

  async function fetchInTurn(path: string, wanted: Wanted): Promise<Got> {
    const { signal } = stopping;
    if (wanted.thumbnail !== null)
      return (await gate(() => fetchFile(path, wanted, signal, null), signal)) ?? failed(aborted);
    const download = downloads.begin(path, signal);
    try {
      const fetched = gate(() => fetchFile(path, wanted, download.signal, download), download.signal);
      return (await fetched) ?? failed(aborted);
    } finally {
      download.end();
    }
  }

  /** `download`: who is told how far it is. */
  async function fetchFile(
    path: string,
    wanted: Wanted,
    signal: AbortSignal,
    download: Download | null,
  ): Promise<Got> {
    if (signal.aborted) return failed(aborted);
    const arriving = await createArriving(cache, (file) => {
      if (file === null) return void playing.delete(path);
      early.get(path)?.(file);
      playing.set(path, file);
    });
    try {
      const done = await downloadInto(arriving, wanted, { signal, download });
      await arriving.finish();
      if (!done.ok) return done;
      const { contentType, pixels } = await inspectFile(arriving.path);
      const hasTooManyPixels = pixels > limits.pixels;
      // The file itself may be saved; a thumbnail is for looking only.
      if (hasTooManyPixels && wanted.thumbnail !== null) return failed(tooManyPixels);
      if (signal.aborted) return failed(aborted);
      return ok({ file: { ...(await arriving.keep(path)), contentType }, hasTooManyPixels });
    } finally {
      await arriving.end();
    }
  }

  async function downloadInto(
    arriving: Arriving,
    wanted: Wanted,
    { signal, download }: { readonly signal: AbortSignal; readonly download: Download | null },
  ): Promise<Result<unknown>> {
    const http = mediaOptions.http();
    if (http === null) return failed({ kind: "unauthorized", message: "no session", soft: true });
    const maxBytes = wanted.thumbnail === null ? limits.fileBytes : limits.thumbnailBytes;
    const bring = (api: MediaApi, thumbnail: Thumbnail | null, one: Attempt): Promise<Result<unknown>> =>
      downloadMedia(http, {
        mxc: wanted.mxc,
        api,
        thumbnail,
        maxBytes,
        from: one.from,
        async begin(file) {
          await arriving.begin(file.length);
          one.begin(file);
          download?.begin(file.length);
        },
        async take(piece) {
          await arriving.take(piece);
          one.grew(piece.byteLength);
          download?.grew(piece.byteLength);
        },
        signal,
      });
    const from = async (api: MediaApi): Promise<Result<unknown>> => {
      const whole = (): Promise<Result<unknown>> =>
        resuming({ clock, random, signal }, (one) => bring(api, null, one));
      if (wanted.thumbnail === null) return whole();
      const result = await bring(api, wanted.thumbnail, onlyOnce);
      // "Cannot make a thumbnail of this": the picture itself, if it is no larger than one may be.
      return !result.ok && result.failure.status === 400 ? whole() : result;
    };
    const known = mediaOptions.mediaApi();
    const other: MediaApi = known === "legacy" ? "authenticated" : "legacy";
    const first = unrecognized.has(known) && !unrecognized.has(other) ? other : known;
    const result = await from(first);
    if (result.ok || result.failure.errcode !== "M_UNRECOGNIZED" || unrecognized.has(first)) return result;
    unrecognized.add(first);
    return from(first === known ? other : known);
  }

  const looked = new Map<string, Pick<Had, "hasTooManyPixels"> & Pick<MediaFile, "contentType">>();
  /** What a stored file is. It may have been stored before a limit or the list of types changed: looked at again. */
  async function opened(file: CachedFile): Promise<Had> {
    const known = looked.get(file.path) ?? (await look(file.path));
    looked.set(file.path, known);
    if (looked.size > REMEMBERED) looked.delete(looked.keys().next().value ?? "");
    const { contentType, hasTooManyPixels } = known;
    return { file: { ...file, contentType }, hasTooManyPixels };
  }
  async function look(path: string) {
    const { contentType, pixels } = await inspectFile(path);
    return { contentType, hasTooManyPixels: pixels > limits.pixels };
  }

  /** `first` answers as soon as something can be shown, `whole` when nothing is under way any more. */
  function begun(path: string, wanted: Wanted): Running {
    let showEarly: (got: Got) => void = () => undefined;
    const shown = new Promise<Got>((resolve) => (showEarly = resolve));
    // Only sound and film are shown while they come.
    if (wanted.thumbnail === null)
      early.set(path, (file) => showEarly(ok({ file, hasTooManyPixels: false })));
    const whole = answer(path, wanted).finally(() => {
      joined.delete(path);
      early.delete(path);
    });
    const running = { first: Promise.race([shown, whole]), whole };
    joined.set(path, running);
    return running;
  }

  async function had(asked: string): Promise<Got> {
    const path = asked.replace(AGAIN, "");
    if (path !== asked) forgive(path);
    const played = playing.get(path);
    if (played !== undefined) return ok({ file: played, hasTooManyPixels: false });
    return running(path)?.first ?? failed(invalid("not a path of media"));
  }
  async function whole(path: string): Promise<Got> {
    // Somebody asks for it by name: what failed a moment ago is tried once more.
    forgive(path);
    return running(path)?.whole ?? failed(invalid("not a path of media"));
  }
  /** Null for what is no path. */
  function running(path: string): Running | null {
    const wanted = parseMediaPath(path);
    return wanted === null ? null : (joined.get(path) ?? begun(path, wanted));
  }
  const toShow = (got: Got): MediaAnswer =>
    got.ok && got.value.hasTooManyPixels ? failed(tooManyPixels) : toSave(got);
  const toSave = (got: Got): MediaAnswer => (got.ok ? { ok: true, file: got.value.file } : got);

  return {
    open: async (path) => toShow(await had(path)),
    openToSave: async (path) => toSave(await whole(path)),
    downloads,
    async stored(path) {
      if (parseMediaPath(path) === null) return failed(invalid("not a path of media"));
      const found = await cache.find(path).catch(() => null);
      const stored = found === null ? null : await opened(found).catch(() => null);
      return stored === null ? failed({ kind: "offline", message: "not stored here" }) : toShow(ok(stored));
    },
    async forget(mxcs) {
      for (const mxc of mxcs) {
        const path = mxcPath(mxc);
        // What is on its way arrives first.
        const running = [...joined].filter(([key]) => key === path || key.startsWith(`${path}?`));
        await Promise.allSettled(running.map(([, { whole }]) => whole));
        await cache.remove(path);
      }
    },
    async clear() {
      stopping.abort();
      stopping = new AbortController();
      await Promise.allSettled([...joined.values()].map(({ whole }) => whole));
      refused.clear();
      looked.clear();
      unrecognized.clear();
      await cache.clear();
    },
    adopt: (mxc, path) => cache.adopt(mxcPath(mxc), path),
    trim: () => cache.trim(),
    stats: () => cache.stats(),
  };
}

/** How long a failure is remembered, in ms. */
function pauseAfter(failure: Failure): number {
  switch (failure.kind) {
    case "aborted":
    case "unauthorized":
      return 0;
    case "offline":
      // Back with the network, not half a minute later.
      return 3_000;
    case "limited":
      return Math.max(30_000, failure.retryAfterMs ?? 0);
    case "rejected":
      // A file does not become smaller; bringing it again only to refuse it would cost the user's line.
      return failure.errcode === "M_TOO_LARGE" ? 600_000 : 30_000;
    default:
      return 30_000;
  }
}
