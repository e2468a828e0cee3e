import { joined, type Stripped } from "./jpeg.ts";

const HEAD = 12;
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;
const WANTED = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);

/** Keeps the chunks of the picture itself; null when the file is not sound enough to be walked over. Pure. */
export function stripWebp(bytes: Uint8Array): Stripped | null {
  if (bytes.length < HEAD) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(bytes.length, 8 + view.getUint32(4, true));
  const kept: Uint8Array[] = [];
  for (let at = HEAD; at + 8 <= end;) {
    const size = view.getUint32(at + 4, true);
    const next = at + 8 + size + (size % 2);
    if (at + 8 + size > end) return null;
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (WANTED.has(type)) kept.push(chunkOf(bytes, at, Math.min(next, end), type));
    at = next;
  }
  if (kept.length === 0) return null;
  const whole = joined([bytes.slice(0, HEAD), ...kept]);
  new DataView(whole.buffer).setUint32(4, whole.length - 8, true);
  return { bytes: whole, isTurned: false };
}

/** The extended header says whether Exif and XMP follow: they do not any more. */
function chunkOf(bytes: Uint8Array, at: number, end: number, type: string): Uint8Array {
  const chunk = bytes.slice(at, end);
  if (type === "VP8X") chunk[8] = (chunk[8] ?? 0) & ~(HAS_EXIF | HAS_XMP);
  return chunk;
}
