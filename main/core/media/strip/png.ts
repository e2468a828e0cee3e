import { joined, type Stripped } from "./jpeg.ts";

/** Chunks that say how the picture looks or moves. Texts, XMP (in iTXt), Exif and times are not among them. */
const WANTED = new Set([
  ...["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT", "bKGD", "pHYs"],
  ...["acTL", "fcTL", "fdAT", "mDCV", "cLLI"],
]);
const SIGNATURE = 8;

/** Keeps the chunks of the picture itself; null when the file is not sound enough to be walked over. Pure. */
export function stripPng(bytes: Uint8Array): Stripped | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = [bytes.subarray(0, SIGNATURE)];
  for (let at = SIGNATURE; ;) {
    if (at + 12 > bytes.length) return null;
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return null;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (WANTED.has(type)) kept.push(bytes.subarray(at, end));
    // What stands behind the end is no picture.
    if (type === "IEND") return { bytes: joined(kept), isTurned: false };
    at = end;
  }
}
