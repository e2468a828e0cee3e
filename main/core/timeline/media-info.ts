import type { MediaInfo } from "../../../preload/contract/models/timeline.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";
import { mxcPath, parseMxc } from "../mxc.ts";
import { oneLine } from "../text.ts";

// What a sender says about a file. All of it is a claim: wrong types count as absent, sizes are capped (MSG-18, MSG-21).

/** The standard size that serves a picture of 480×360 on a dense screen. */
const TIMELINE_THUMBNAIL = { width: 800, height: 600, method: "scale" } as const;

const MAX_SIDE = 16_384;
const MAX_NAME = 255;

/** Kinds the homeserver makes thumbnails of by itself; the others have one only when the sender made it. */
type MediaKind = "image" | "video" | "audio" | "file" | "sticker";

export function mediaInfo(kind: MediaKind, content: JsonObject, body: string): MediaInfo {
  const info = objectOf(content, "info");
  const file = parseMxc(content["url"]);
  const mimetype = stringOf(info, "mimetype");
  return {
    file: file === null ? null : mxcPath(file),
    thumbnail: thumbnailOf(kind, content, info),
    // A file's own name where there is one; its body is a name or a caption (MSG-16).
    name: oneLine(stringOf(content, "filename") ?? body, MAX_NAME),
    mimetype: mimetype === null ? null : oneLine(mimetype, MAX_NAME),
    size: whole(numberOf(info, "size"), 0, Number.MAX_SAFE_INTEGER),
    width: whole(numberOf(info, "w"), 1, MAX_SIDE),
    height: whole(numberOf(info, "h"), 1, MAX_SIDE),
    durationMs: whole(durationIn(content, info), 0, Number.MAX_SAFE_INTEGER),
    blurhash: blurhashIn(info),
    waveform: kind === "audio" ? waveformIn(content) : null,
  };
}

/** Voice messages of some clients say their length only beside `info`. */
const durationIn = (content: JsonObject, info: JsonObject): number | null =>
  numberOf(info, "duration") ?? numberOf(objectOf(content, "org.matrix.msc1767.audio"), "duration");

const base83 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/** Only what the length it announces itself agrees with: nothing else is given to a decoder. */
function blurhashIn(info: JsonObject): string | null {
  const hash = stringOf(info, "xyz.amorgan.blurhash") ?? stringOf(info, "blurhash");
  if (hash === null || hash.length > 166) return null;
  const digits = [...hash].map((letter) => base83.indexOf(letter));
  const [first = 0] = digits;
  const components = (Math.floor(first / 9) + 1) * ((first % 9) + 1);
  return digits.includes(-1) || hash.length !== 4 + 2 * components ? null : hash;
}

const MAX_BARS = 120;
/** Senders may give one number per millisecond. */
const MAX_READ = 10_000;

/** Loudness over time of a voice message (MSC3245); null for other sounds. Longer ones are thinned. */
function waveformIn(content: JsonObject): readonly number[] | null {
  const isVoice = isObject(content["org.matrix.msc3245.voice"]) || isObject(content["m.voice"]);
  if (!isVoice) return null;
  const said = objectOf(content, "org.matrix.msc1767.audio")["waveform"];
  const bars = Array.isArray(said)
    ? said.slice(0, MAX_READ).map((bar) => (typeof bar === "number" ? (whole(bar, 0, 1024) ?? 0) : 0))
    : [];
  if (bars.length <= MAX_BARS) return bars;
  const step = bars.length / MAX_BARS;
  return Array.from({ length: MAX_BARS }, (_, i) =>
    Math.max(...bars.slice(Math.floor(i * step), Math.floor((i + 1) * step))),
  );
}

function thumbnailOf(kind: MediaKind, content: JsonObject, info: JsonObject): string | null {
  // Inside `info` today, beside it in the API of 2015 (MSG-10).
  const made = parseMxc(info["thumbnail_url"]) ?? parseMxc(content["thumbnail_url"]);
  const isPicture = kind === "image" || kind === "sticker";
  const source = made ?? (isPicture ? parseMxc(content["url"]) : null);
  return source === null ? null : mxcPath(source, TIMELINE_THUMBNAIL);
}

/** The number cut to an integer and capped at `max`; null when it is below `min`. */
function whole(value: number | null, min: number, max: number): number | null {
  return value === null || value < min ? null : Math.min(Math.trunc(value), max);
}
