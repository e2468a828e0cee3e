import { encode } from "blurhash";

// What a picture looks like when it is small: a thumbnail for those who get it, and a few characters that stand for it
// until it is there. Made here, because the browser has the decoders, in its sandbox.

export interface SmallPicture {
  /** Null where the picture itself is small enough. */
  readonly thumbnail: { readonly blob: Blob; readonly width: number; readonly height: number } | null;
  readonly blurhash: string | null;
}

/** A thumbnail is at most this large, px: what a timeline shows on a dense screen. */
export const THUMBNAIL = { width: 800, height: 600 } as const;
/** Pictures of fewer bytes are their own thumbnail, whatever their size. */
const SMALL_BYTES = 100_000;
const HASH_SIDE = 32;

/** `w` and `h` shrunk to fit the box, never grown. Px. */
export function fitted(w: number, h: number, box: { readonly width: number; readonly height: number }) {
  const scale = Math.min(1, box.width / w, box.height / h);
  return { width: Math.max(1, Math.round(w * scale)), height: Math.max(1, Math.round(h * scale)) };
}

type Source = ImageBitmap | HTMLVideoElement;

/** `bytes`: of the original; a film always needs a thumbnail (Infinity). */
export async function smallPicture(
  source: Source,
  size: { readonly width: number; readonly height: number },
  bytes: number,
  isOpaque: boolean,
): Promise<SmallPicture> {
  const blurhash = hashOf(source, size);
  const { width, height } = fitted(size.width, size.height, THUMBNAIL);
  if (bytes <= SMALL_BYTES && width === size.width) return { thumbnail: null, blurhash };
  const type = isOpaque ? "image/jpeg" : "image/png";
  const blob = await drawn(source, width, height).canvas.convertToBlob({ type, quality: 0.8 });
  // Smaller in pixels, larger in bytes: no help to anybody.
  return { thumbnail: blob.size >= bytes ? null : { blob, width, height }, blurhash };
}

function drawn(source: Source, width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, width, height);
  return context;
}

function hashOf(source: Source, size: { readonly width: number; readonly height: number }): string | null {
  const { width, height } = fitted(size.width, size.height, { width: HASH_SIDE, height: HASH_SIDE });
  const { data } = drawn(source, width, height).getImageData(0, 0, width, height);
  const [x, y] = size.width >= size.height ? [4, 3] : [3, 4];
  return encode(data, width, height, x, y);
}
