import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { MxcUri, StagedId } from "../../../preload/contract/ids.ts";
import type { StagedFile, UploadedPicture } from "../../../preload/contract/models/attachment.ts";
import { failed, invalid, ok, type Result } from "../failure.ts";
import type { HomeserverHttp } from "../homeserver/http.ts";
import { tooLargeToUpload, uploadMedia } from "../homeserver/upload.ts";
import type { Platform } from "../platform.ts";
import type { Media } from "./media.ts";
import { SharedUploads } from "./shared-uploads.ts";
import type { Staging } from "./staging.ts";
import type { UploadLimit } from "./upload-limit.ts";

/** Files up to this size are kept in the cache when they are sent, bytes: others need not come back for us to see them. */
const KEPT_BYTES = 64 * 1024 ** 2;

export interface UploadingDeps {
  readonly platform: Pick<Platform, "log">;
  readonly media: Pick<Media, "adopt">;
  readonly staging: Pick<Staging, "find" | "pathOf">;
  readonly limit: Pick<UploadLimit, "load">;
  /** Null while nobody is signed in. */
  readonly http: () => HomeserverHttp | null;
}

/** What goes to the server's repository. One request each; whoever asks decides about another. */
export interface Uploading {
  upload(
    step: { readonly stagedId: StagedId; readonly role: "file" | "thumbnail" },
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Result<MxcUri>>;
  /** A picture that is needed at once; other files are refused. */
  uploadPicture(stagedId: StagedId): Promise<Result<UploadedPicture>>;
}

export function createUploading({ staging, limit, media, http, platform }: UploadingDeps): Uploading {
  const shared = new SharedUploads();

  async function bring(
    file: StagedFile,
    name: string | null,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number) => void },
  ): Promise<Result<MxcUri>> {
    const session = http();
    if (session === null) return failed({ kind: "unauthorized", message: "nobody is signed in" });
    const path = staging.pathOf(file.stagedId);
    const found = await stat(path).catch(() => null);
    // A recording that broke off may have a piece more than was written down of it.
    if (found === null || found.size < file.size) return failed(invalid("file-missing"));
    // Not a byte of what would be refused (ATT-05); the limit may have changed since the file was taken.
    const most = await limit.load();
    if (most !== null && file.size > most) return failed(tooLargeToUpload);
    const { signal, onProgress } = options;
    return uploadMedia(session, {
      open: () => fileStream(path, file.size, onProgress),
      ...{ size: file.size, contentType: file.contentType, fileName: name },
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async function upload(
    { stagedId, role }: Parameters<Uploading["upload"]>[0],
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Result<MxcUri>> {
    const file = staging.find(stagedId);
    if (file === null) return failed(invalid("file-missing"));
    return shared.join(stagedId, signal, onProgress, async (signal, onProgress) => {
      const result = await bring(file, role === "file" ? file.name : null, { signal, onProgress });
      if (result.ok) await keep(result.value, file);
      return result;
    });
  }

  /** Only to save a download: where it cannot be kept, it will come from the server. */
  async function keep(mxc: MxcUri, file: StagedFile): Promise<void> {
    if (file.size > KEPT_BYTES) return;
    try {
      await media.adopt(mxc, staging.pathOf(file.stagedId));
    } catch (error) {
      platform.log("info", "upload-not-kept", { message: String(error) });
    }
  }

  return {
    upload,
    async uploadPicture(stagedId) {
      const file = staging.find(stagedId);
      if (file === null) return failed(invalid("file-missing"));
      if (file.kind !== "image") return failed(invalid("not-a-picture"));
      const result = await bring(file, null, {});
      if (!result.ok) return result;
      const { contentType, size, width, height } = file;
      return ok({ mxc: result.value, contentType, size, width, height });
    },
  };
}

/** The file from its beginning; tells how much of it has been taken. */
function fileStream(
  path: string,
  size: number,
  onProgress: ((fraction: number) => void) | undefined,
): ReadableStream<Uint8Array> {
  let taken = 0;
  const told = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      taken += piece.byteLength;
      onProgress?.(Math.min(1, taken / size));
      controller.enqueue(piece);
    },
  });
  return (
    Readable.toWeb(createReadStream(path, { end: size - 1 })) as ReadableStream<Uint8Array>
  ).pipeThrough(told);
}
