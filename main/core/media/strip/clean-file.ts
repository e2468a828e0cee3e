import { open, readFile, writeFile, type FileHandle } from "node:fs/promises";
import type { Patch, Source } from "./patch.ts";
import { isStrippable, stripperInPlace, stripPhoto } from "./strip.ts";

/** A photo of these kinds is cleaned in memory; no camera makes one that is larger. Bytes. */
const MOST_PHOTO_BYTES = 256 * 1024 ** 2;
/** Written at once, bytes. */
const PIECE = 1024 ** 2;

/** What became of a file. `isTurned`: it is shown turned by a quarter, which its header does not say. */
type Cleaned =
  | { readonly is: "clean"; readonly isTurned: boolean }
  /** Nobody knows what would be left in it: it is as it was. */
  | { readonly is: "unknown" };

/** Takes place and camera out of a file of ours. */
export async function cleanFile(path: string, contentType: string, size: number): Promise<Cleaned> {
  if (isStrippable(contentType)) return cleanPhoto(path, contentType, size);
  const file = await open(path, "r+");
  try {
    const source = sourceOf(file, size);
    const strip = stripperInPlace(await source.read(0, 8));
    const patches = strip === null ? [] : await strip(source);
    if (patches === null) return { is: "unknown" };
    for (const patch of patches) await write(file, patch);
    return { is: "clean", isTurned: false };
  } finally {
    await file.close();
  }
}

/** As its Exif says, where the file keeps it. */
export async function isPhotoTurned(path: string, contentType: string, size: number): Promise<boolean> {
  if (contentType !== "image/jpeg" || size > MOST_PHOTO_BYTES) return false;
  return stripPhoto(contentType, await readFile(path))?.isTurned ?? false;
}

async function cleanPhoto(path: string, contentType: string, size: number): Promise<Cleaned> {
  const stripped = size > MOST_PHOTO_BYTES ? null : stripPhoto(contentType, await readFile(path));
  if (stripped === null) return { is: "unknown" };
  await writeFile(path, stripped.bytes, { mode: 0o600 });
  return { is: "clean", isTurned: stripped.isTurned };
}

const sourceOf = (file: FileHandle, size: number): Source => ({
  size,
  async read(at, length) {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    return bytes.subarray(0, bytesRead);
  },
});

async function write(file: FileHandle, { at, length, head, fill }: Patch): Promise<void> {
  await file.write(head, 0, head.length, at);
  for (let done = head.length; done < length;) {
    const piece = new Uint8Array(Math.min(PIECE, length - done)).fill(fill);
    await file.write(piece, 0, piece.length, at + done);
    done += piece.length;
  }
}
