import { open, type FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import type { MediaFile } from "../core/api.ts";
import type { MediaReply } from "./media-reply.ts";

const PIECE_BYTES = 256 * 1024;

/**
 * The bytes of a reply; null when the file is gone, which must be known before the head is written. A file that still
 * comes is read as far as it is here, and the reader waits for more.
 */
export async function openBody(body: NonNullable<MediaReply["body"]>): Promise<Readable | null> {
  const file = await opened(body.path, body.grows);
  if (file === null) return null;
  return body.grows === undefined
    ? file.createReadStream({ start: body.start, end: body.end })
    : Readable.from(growingPieces(file, body.start, body.end, body.grows), { objectMode: false });
}

type Grows = NonNullable<MediaFile["grows"]>;

async function opened(path: string, grows: Grows | undefined): Promise<FileHandle | null> {
  // Between the answer and here a download may have ended, and its file have got its name for good.
  for (const place of [grows?.path() ?? path, grows?.path() ?? path]) {
    const file = await open(place, "r").catch(() => null);
    if (file === null) continue;
    if ((await file.stat()).isFile()) return file;
    await file.close();
  }
  return null;
}

async function* growingPieces(
  file: FileHandle,
  start: number,
  end: number,
  grows: Grows,
): AsyncGenerator<Uint8Array> {
  try {
    for (let at = start; at <= end;) {
      const available = await grows.upTo(at);
      const length = Math.min(available, end + 1) - at;
      const piece = new Uint8Array(Math.min(length, PIECE_BYTES));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) throw new Error("the file is shorter than it was said to be");
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
