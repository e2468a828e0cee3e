import { stripIso } from "./iso.ts";
import { stripJpeg, type Stripped } from "./jpeg.ts";
import type { Patch, Source } from "./patch.ts";
import { stripPng } from "./png.ts";
import { stripTiff } from "./tiff.ts";
import { stripWebp } from "./webp.ts";

const strippers = new Map<string, (bytes: Uint8Array) => Stripped | null>([
  ["image/jpeg", stripJpeg],
  ["image/png", stripPng],
  ["image/webp", stripWebp],
]);

/** Whether a file of this type can hold place and camera in a form that `stripPhoto` takes out. */
export const isStrippable = (contentType: string): boolean => strippers.has(contentType);

/** The picture without place, time and camera; null when it is not what it says. Pure. */
export const stripPhoto = (contentType: string, bytes: Uint8Array): Stripped | null =>
  strippers.get(contentType)?.(bytes) ?? null;

type InPlace = (source: Source) => Promise<readonly Patch[] | null>;

/** How a file is cleaned where it stands, by its first 8 bytes; null for one that holds no place, or is not known. */
export function stripperInPlace(head: Uint8Array): InPlace | null {
  const start = Buffer.from(head.subarray(0, 8)).toString("latin1");
  // QuickTime of old begins without `ftyp`.
  if (/^(?:ftyp|moov|mdat|wide|pnot)/.test(start.slice(4))) return stripIso;
  return /^(?:II[*+]\0|MM\0[*+])/.test(start) ? stripTiff : null;
}
