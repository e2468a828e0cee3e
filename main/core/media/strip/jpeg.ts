import { orientationIn } from "./exif.ts";

// Takes out of a JPEG what tells where, when and with what it was taken: Exif, XMP, IPTC, comments, and the pictures
// that phones hide behind the first one (MPF), which carry the same again. Colours (ICC), JFIF and Adobe's colour
// transform stay. Which way is up is in Exif too: a tag with nothing else keeps it. Pure.

export interface Stripped {
  readonly bytes: Uint8Array;
  /** The picture is shown turned by a quarter: width and height change places. */
  readonly isTurned: boolean;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** Null when the file is not sound enough to be walked over: then nobody knows what is left in it. */
export function stripJpeg(bytes: Uint8Array): Stripped | null {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const kept: Uint8Array[] = [];
  let orientation = 1;
  let at = 2;
  for (;;) {
    if (at >= bytes.length) {
      // Cut off behind its last scan, as broken downloads are: decoders show what is there, so it stays a picture.
      if (!kept.some((segment) => segment[1] === SOS)) return null;
      kept.push(Uint8Array.of(0xff, EOI));
      break;
    }
    const marker = markerAt(bytes, at);
    if (marker === null) return null;
    at = marker.at;
    if (marker.code === EOI) {
      kept.push(bytes.subarray(at, at + 2));
      break;
    }
    const end = endOfSegment(bytes, at, marker.code);
    if (end === null) return null;
    const segment = bytes.subarray(at, end);
    if (isWanted(marker.code, segment)) kept.push(segment);
    else orientation = exifOrientation(marker.code, segment) ?? orientation;
    at = marker.code === SOS ? endOfScan(bytes, end) : end;
    if (marker.code === SOS) kept.push(bytes.subarray(end, at));
  }
  const head = orientation === 1 ? [] : [orientationSegment(orientation)];
  const start = kept.findIndex((segment) => segment[1] !== 0xe0);
  kept.splice(Math.max(start, 0), 0, ...head);
  return { bytes: joined([bytes.subarray(0, 2), ...kept]), isTurned: orientation >= 5 };
}

/** The marker at `at`, behind fill bytes; null where there is none. */
function markerAt(bytes: Uint8Array, from: number): { readonly code: number; readonly at: number } | null {
  let at = from;
  if (bytes[at] !== 0xff) return null;
  while (bytes[at + 1] === 0xff) at += 1;
  const code = bytes[at + 1];
  return code === undefined || code === 0 ? null : { code, at };
}

function endOfSegment(bytes: Uint8Array, at: number, code: number): number | null {
  const hasNoLength = code === 0x01 || (code >= 0xd0 && code <= 0xd7);
  if (hasNoLength) return at + 2;
  const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  const end = at + 2 + length;
  return length < 2 || end > bytes.length ? null : end;
}

/** Entropy-coded data goes on until a marker that is neither a stuffed FF nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

/** APPn are kept only where they are known to describe colours; comments never. */
function isWanted(code: number, segment: Uint8Array): boolean {
  if (code === 0xfe) return false;
  if (code < 0xe0 || code > 0xef) return true;
  const name = latin1(segment.subarray(4, 16));
  if (code === 0xe0) return name.startsWith("JFIF\0");
  if (code === 0xe2) return name.startsWith("ICC_PROFILE\0");
  return code === 0xee && name.startsWith("Adobe");
}

function exifOrientation(code: number, segment: Uint8Array): number | null {
  const isExif = code === 0xe1 && latin1(segment.subarray(4, 10)) === "Exif\0\0";
  return isExif ? orientationIn(segment.subarray(10)) : null;
}

/** An Exif segment with one tag: orientation (0x0112), a short. */
function orientationSegment(orientation: number): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff, 0, 0, 0, 0];
  return Uint8Array.from([0xff, 0xe1, 0, body.length + 2, ...body]);
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
