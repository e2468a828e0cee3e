import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { EditOfDoc, IndexedEvent } from "../store/queries/search.ts";
import { plainText } from "../text.ts";
import { fold } from "../fold.ts";

// What of an event can be searched. Pure.

/** Bits of `search_docs.has`. */
export const hasBits = { image: 1, file: 2, link: 4, video: 8, audio: 16 } as const;
export type Has = keyof typeof hasBits;
/** All of `wanted` are among `bits`. */
export const hasAll = (wanted: readonly Has[], bits: number): boolean =>
  wanted.every((kind) => (bits & hasBits[kind]) !== 0);

const kinds: ReadonlyMap<string, Has> = new Map([
  ["m.image", "image"],
  ["m.video", "video"],
  ["m.audio", "audio"],
  ["m.file", "file"],
] as const);

/** Code points that are indexed of one message; nobody searches for the ends of longer ones. */
const MAX_TEXT = 32_768;
const link = /\bhttps?:\/\/\S/i;

export interface DocumentParts {
  /** As the reader sees it. */
  readonly text: string;
  readonly has: number;
}

/** What can be found of a message, in its newest edit; null when it is none, or nothing is left of it. */
export function documentOf(event: IndexedEvent, edits: readonly EditOfDoc[]): DocumentParts | null {
  if (event.stateKey !== null || event.isRedacted !== 0 || event.relType === "m.replace") return null;
  const original = contentOf(event.raw);
  const content = newestEdit(event, edits) ?? original;
  switch (event.type) {
    case "m.room.message":
      return messageParts(content) ?? messageParts(original);
    case "m.sticker": {
      const text = plainText(content["body"], MAX_TEXT) ?? "";
      return { text, has: hasBits.image };
    }
    case "m.poll.start":
    case "org.matrix.msc3381.poll.start":
      return pollParts(content);
    default:
      return null;
  }
}

/** What the reader sees of a message: its newest edit that counts, else itself. */
export const shownContent = (event: IndexedEvent, edits: readonly EditOfDoc[]): JsonObject =>
  newestEdit(event, edits) ?? contentOf(event.raw);

function messageParts(content: JsonObject): DocumentParts | null {
  const msgtype = stringOf(content, "msgtype");
  if (msgtype === null) return null;
  const kind = kinds.get(msgtype);
  const body = plainText(content["body"], MAX_TEXT) ?? "";
  const fileName = kind === undefined ? "" : (plainText(content["filename"], 1000) ?? "");
  const said = isReply(content) ? withoutFallback(body) : body;
  const text = fileName === "" || fileName === said ? said : `${said}\n${fileName}`;
  if (text === "" && kind === undefined) return null;
  const html = stringOf(content, "formatted_body") ?? "";
  const hasLink = link.test(text) || /<a\s[^>]{0,2000}href="https?:/i.test(html);
  return { text, has: (kind === undefined ? 0 : hasBits[kind]) | (hasLink ? hasBits.link : 0) };
}

function pollParts(content: JsonObject): DocumentParts | null {
  const start = ["m.poll", "org.matrix.msc3381.poll.start", "m.poll.start"]
    .map((key) => content[key])
    .find(isObject);
  const answers = start?.["answers"];
  const texts = [start?.["question"], ...(Array.isArray(answers) ? (answers as unknown[]).slice(0, 20) : [])]
    .filter(isObject)
    .map((one) => pollText(one))
    .filter((text) => text !== null);
  return texts.length === 0 ? null : { text: texts.join("\n"), has: 0 };
}

function pollText(one: JsonObject): string | null {
  const direct = one["org.matrix.msc1767.text"] ?? one["body"];
  const list = one["m.text"];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return plainText(direct ?? (isObject(first) ? first["body"] : undefined), 1000);
}

const isReply = (content: JsonObject): boolean =>
  isObject(objectOf(content, "m.relates_to")["m.in_reply_to"]);

/** The quote that old clients put before a reply is not what was said. */
function withoutFallback(body: string): string {
  if (!body.startsWith("> ")) return body;
  const lines = body.split("\n");
  const first = lines.findIndex((line) => !line.startsWith(">"));
  return first < 0 ? body : lines.slice(lines[first] === "" ? first + 1 : first).join("\n");
}

/** By the same person, of the same type, whole; the newest by time, then by id (spec: Event replacements). */
function newestEdit(event: IndexedEvent, edits: readonly EditOfDoc[]): JsonObject | null {
  let newest: EditOfDoc | null = null;
  for (const edit of edits) {
    if (edit.sender !== event.sender || edit.type !== event.type || !isObject(newContentOf(edit))) continue;
    if (newest === null || edit.ts > newest.ts || (edit.ts === newest.ts && edit.eventId > newest.eventId))
      newest = edit;
  }
  const content = newest === null ? null : newContentOf(newest);
  return isObject(content) ? content : null;
}

const newContentOf = (edit: EditOfDoc): unknown => contentOf(edit.raw)["m.new_content"];

export function contentOf(raw: string): JsonObject {
  const value: unknown = JSON.parse(raw);
  return isObject(value) ? objectOf(value, "content") : {};
}

/** Scripts whose words are not separated by blanks: every two neighbours are a term. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const letters = /[\p{L}\p{N}\p{M}]+|[\p{S}\p{P}]/gu;
/** Different terms kept of one message. */
const MAX_TERMS = 4000;

/** What one or two characters find: beginnings of words, and every pair where words have no beginnings. */
export function shortTerms(folded: string): string {
  const terms = new Set<string>();
  for (const [word] of folded.matchAll(letters)) {
    if (terms.size >= MAX_TERMS) break;
    const characters = Array.from(word);
    // Each of them whole: to look up all terms with the same beginning would read them all before the newest.
    const last = unspaced.test(word) ? characters.length : 1;
    for (let i = 0; i < last; i++) {
      terms.add(characters[i] ?? "");
      terms.add(characters.slice(i, i + 2).join(""));
    }
  }
  return [...terms].join(" ");
}

export const foldedText = (parts: DocumentParts): string => fold(parts.text);

/** Documents per ms; several messages may be of the same one. */
const PER_MS = 1024;
/** Later than anybody lives, and still exact as a number. */
const MAX_TS = 2 ** 42;

/** A free document number for a time: the same order as the times. `isTaken` is asked for candidates. */
export function documentNumber(ts: number, eventId: string, isTaken: (doc: number) => boolean): number {
  const base = Math.min(Math.max(Math.trunc(ts), 0), MAX_TS) * PER_MS;
  let hash = 0x811c9dc5;
  for (let i = 0; i < eventId.length; i++) hash = Math.imul(hash ^ eventId.charCodeAt(i), 0x01000193) >>> 0;
  // A flood of one and the same time spreads over ever more of what comes after it.
  for (let range = PER_MS; ; range = Math.min(range * 2, 2 ** 40)) {
    const doc = base + (hash % range);
    if (!isTaken(doc)) return doc;
    hash = Math.imul(hash ^ range, 0x01000193) >>> 0;
  }
}

/** The first document number of a time, ms since the epoch. */
export const firstDocument = (ts: number): number => Math.min(Math.max(Math.trunc(ts), 0), MAX_TS) * PER_MS;
