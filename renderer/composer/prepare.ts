import type { StagedId } from "../../preload/contract/ids.ts";
import type { Attachment, StagedFile } from "../../preload/contract/models/attachment.ts";
import { smallPicture, type SmallPicture } from "./small-picture.ts";

/** What the page finds out about a staged file with the browser's decoders; all of it may stay unknown. */
export type Prepared = Pick<Attachment, "thumbnail" | "width" | "height" | "durationMs" | "blurhash">;

const unknown: Prepared = { thumbnail: null, width: null, height: null, durationMs: null, blurhash: null };

export interface PrepareDeps {
  /** Stages a second file: the thumbnail. */
  readonly stage: (file: Blob, name: string) => Promise<StagedFile>;
  readonly address: (stagedId: StagedId) => string;
}

/** A decoder that says nothing for so long will not, ms. */
const PATIENCE_MS = 10_000;

/**
 * Looks at what was staged. The core has looked at its header before: what is a picture by now has a size that can be
 * decoded. What cannot be found out is left out: the file itself goes all the same.
 */
export async function prepare(file: StagedFile, original: Blob, deps: PrepareDeps): Promise<Prepared> {
  try {
    if (file.kind === "image") return await preparePicture(file, original, deps);
    if (file.kind === "video") return await prepareFilm(file, deps);
    if (file.kind === "audio")
      return { ...unknown, durationMs: await durationOf(deps.address(file.stagedId)) };
  } catch {
    // A file the browser cannot read may be fine on another machine.
  }
  return unknown;
}

async function preparePicture(file: StagedFile, original: Blob, deps: PrepareDeps): Promise<Prepared> {
  // Turned as its Exif says, like the size the core tells.
  const bitmap = await createImageBitmap(original, { imageOrientation: "from-image" });
  try {
    const isOpaque = file.contentType === "image/jpeg";
    // What moves is its own preview: a still would hide that.
    const isMoving = file.contentType === "image/gif";
    const small = await smallPicture(bitmap, bitmap, isMoving ? 0 : file.size, isOpaque);
    return { ...unknown, ...(await staged(small, deps)) };
  } finally {
    bitmap.close();
  }
}

async function staged(
  small: SmallPicture,
  deps: PrepareDeps,
): Promise<Pick<Prepared, "thumbnail" | "blurhash">> {
  const { thumbnail, blurhash } = small;
  if (thumbnail === null) return { thumbnail: null, blurhash };
  const { blob, width, height } = thumbnail;
  const { stagedId } = await deps.stage(blob, "thumbnail");
  return { thumbnail: { stagedId, width, height }, blurhash };
}

async function prepareFilm(file: StagedFile, deps: PrepareDeps): Promise<Prepared> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  try {
    await loaded(video, deps.address(file.stagedId), "loadeddata");
    const { videoWidth: width, videoHeight: height } = video;
    const durationMs = millisecondsOf(video.duration);
    if (width === 0 || height === 0) return { ...unknown, durationMs };
    // The first frame is often black.
    if (durationMs !== null && durationMs > 2000) await soughtTo(video, 1);
    const small = await smallPicture(video, { width, height }, Number.POSITIVE_INFINITY, true);
    return { width, height, durationMs, ...(await staged(small, deps)) };
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}

async function durationOf(address: string): Promise<number | null> {
  const audio = document.createElement("audio");
  audio.preload = "metadata";
  await loaded(audio, address, "loadedmetadata");
  return millisecondsOf(audio.duration);
}

const millisecondsOf = (seconds: number): number | null =>
  Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1000) : null;

function loaded(media: HTMLMediaElement, address: string, event: string): Promise<void> {
  return happening(media, event, () => (media.src = address));
}

function soughtTo(video: HTMLVideoElement, seconds: number): Promise<void> {
  return happening(video, "seeked", () => (video.currentTime = seconds));
}

function happening(media: HTMLMediaElement, event: string, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the decoder does not answer")), PATIENCE_MS);
    const end = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    media.addEventListener(event, end(resolve), { once: true });
    media.addEventListener(
      "error",
      end(() => reject(new Error("not readable"))),
      { once: true },
    );
    begin();
  });
}
