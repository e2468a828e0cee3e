import { stripJpeg, type Stripped } from "./jpeg.ts";
import { stripPng } from "./png.ts";
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
