import type { MxcUri } from "../../../preload/contract/ids.ts";
import type { PicturePack } from "../../../preload/contract/models/sticker.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";
import { mxcPath, parseMxc } from "../mxc.ts";
import type { WishedSticker } from "../sticker-wish.ts";
import { oneLine, plainText } from "../text.ts";

// Packs of pictures as people write them into rooms and accounts (spec: Image packs, v1.19; MSC2545 before it). All of it
// is somebody's claim: wrong types count as absent, texts are cleaned, numbers and lengths capped. Pure.

/** More of one pack are not looked at. */
const MOST_IMAGES = 500;
const MAX_SHORTCODE = 100;
const MAX_WORDS = 500;
const MAX_NAME = 100;
const MAX_SIDE = 16_384;
/** A standard size of servers that is sharp in a cell of the picker. */
const CELL = { width: 320, height: 240, method: "scale" } as const;

/** One picture, as it is sent. */
export interface PackImage {
  readonly shortcode: string;
  readonly words: string;
  readonly mxc: MxcUri;
  readonly info: JsonObject;
  readonly isSticker: boolean;
  readonly isEmoji: boolean;
}

export interface Pack {
  readonly id: string;
  readonly name: string;
  readonly isOwn: boolean;
  readonly images: readonly PackImage[];
}

/** What the pack is called where it does not say. */
export type PackOf = Pick<Pack, "id" | "name" | "isOwn">;

/** The pack that this content describes; null where there is nothing of it to send. */
export function parsePack(content: JsonObject, of: PackOf): Pack | null {
  const meta = objectOf(content, "pack");
  const usage = usageIn(meta);
  const images = Object.entries(objectOf(content, "images"))
    .slice(0, MOST_IMAGES)
    .flatMap(([shortcode, image]) => (isObject(image) ? (parseImage(shortcode, image, usage) ?? []) : []));
  if (images.length === 0) return null;
  const name = plainText(meta["display_name"], MAX_NAME);
  return { ...of, name: name === null ? of.name : oneLine(name, MAX_NAME), images };
}

type Usage = Pick<PackImage, "isSticker" | "isEmoji">;

/** Where nothing is said, or nothing we know, a picture is for both. */
function usageIn(said: JsonObject): Usage | null {
  const list: readonly unknown[] = Array.isArray(said["usage"]) ? said["usage"] : [];
  const usage = { isSticker: list.includes("sticker"), isEmoji: list.includes("emoticon") };
  return usage.isSticker || usage.isEmoji ? usage : null;
}

function parseImage(given: string, image: JsonObject, packUsage: Usage | null): PackImage | null {
  const mxc = parseMxc(image["url"]);
  const shortcode = plainText(given, MAX_SHORTCODE);
  if (mxc === null || shortcode === null || shortcode !== given || shortcode.includes("\n")) return null;
  const words = plainText(image["body"], MAX_WORDS);
  // Once each picture said for itself what it is for (MSC2545).
  const usage = usageIn(image) ?? packUsage ?? { isSticker: true, isEmoji: true };
  return {
    ...{ shortcode, mxc, ...usage },
    words: words === null ? shortcode : oneLine(words, MAX_WORDS),
    info: cleanInfo(objectOf(image, "info")),
  };
}

/** What may be said of a picture: its kind, size and sides. */
export function cleanInfo(info: JsonObject): JsonObject {
  const mimetype = stringOf(info, "mimetype");
  const whole = (key: string, max: number): JsonObject => {
    const value = numberOf(info, key);
    return value !== null && value > 0 && value <= max ? { [key]: Math.trunc(value) } : {};
  };
  return {
    ...(mimetype !== null && /^image\/[\w.+-]{1,60}$/.test(mimetype) ? { mimetype } : {}),
    ...whole("w", MAX_SIDE),
    ...whole("h", MAX_SIDE),
    ...whole("size", Number.MAX_SAFE_INTEGER),
  };
}

/** A pack as the page shows it. */
export function packView({ id, name, isOwn, images }: Pack): PicturePack {
  const shown = (wanted: readonly PackImage[]) =>
    wanted.map(({ shortcode, words, mxc }) => ({ shortcode, words, mxc, path: mxcPath(mxc, CELL) }));
  return {
    ...{ id, name, isOwn },
    stickers: shown(images.filter(({ isSticker }) => isSticker)),
    emoji: shown(images.filter(({ isEmoji }) => isEmoji)),
  };
}

/** The content of the `m.sticker` that shows it (spec: Sending stickers). */
export const stickerContent = ({ words, info, mxc }: PackImage): JsonObject => ({
  body: words,
  info,
  url: mxc,
});

/** What a message shows can be kept as a sticker. */
export function pictureIn(type: string, content: JsonObject): Omit<PackImage, "shortcode"> | null {
  const isPicture = type === "m.sticker" || (type === "m.room.message" && content["msgtype"] === "m.image");
  const mxc = parseMxc(content["url"]);
  if (!isPicture || mxc === null) return null;
  const words = plainText(content["body"], MAX_WORDS);
  return {
    ...{ mxc, isSticker: true, isEmoji: false },
    words: words === null ? "" : oneLine(words, MAX_WORDS),
    info: cleanInfo(objectOf(content, "info")),
  };
}

/** The content of our own pack with this picture in it; null where it is there already. */
export function withPicture(content: JsonObject, picture: Omit<PackImage, "shortcode">): JsonObject | null {
  const images = objectOf(content, "images");
  const { mxc, words, info } = picture;
  if (Object.values(images).some((image) => isObject(image) && image["url"] === mxc)) return null;
  const image = { url: mxc, body: words, info, usage: ["sticker"] };
  return { ...content, images: { ...images, [freeShortcode(words, images)]: image } };
}

/** Our own pack without that picture, which is called so or otherwise by now; null where it is not there. */
export function withoutPicture(content: JsonObject, mxc: MxcUri, shortcode: string): JsonObject | null {
  const all = objectOf(content, "images");
  const isIt = (name: string): boolean => objectOf(all, name)["url"] === mxc;
  const name = isIt(shortcode) ? shortcode : Object.keys(all).find(isIt);
  if (name === undefined) return null;
  const { [name]: _gone, ...images } = all;
  return { ...content, images };
}

/** Our own pack as it is wished; null where it is so already. */
export function withWish(content: JsonObject, { mxc, wish }: WishedSticker): JsonObject | null {
  if ("drop" in wish) return withoutPicture(content, mxc, wish.drop);
  return withPicture(content, { mxc, ...wish.keep, isSticker: true, isEmoji: false });
}

/** A name made of the words by the grammar of the specification, that no other has. */
function freeShortcode(words: string, taken: JsonObject): string {
  const name = words
    .replace(/\.\w{1,5}$/, "")
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9_-]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .toLowerCase()
    .slice(0, 60);
  const base = name === "" ? "sticker" : name;
  let free = base;
  for (let n = 2; Object.hasOwn(taken, free); n++) free = `${base}_${n}`;
  return free;
}
