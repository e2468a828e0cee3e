import type { Has } from "./document.ts";
import { fold } from "../fold.ts";

// What somebody typed into the search field. Pure, and it never refuses: what is no filter is text.

export interface SearchQuery {
  /** Folded words and phrases; all must be in the message. */
  readonly terms: readonly string[];
  /** As typed, for the server. */
  readonly words: readonly string[];
  /** Folded names or ids; any of them will do. */
  readonly from: readonly string[];
  readonly in: readonly string[];
  readonly has: readonly Has[];
  /** Ms since the epoch: at or after, and before. */
  readonly after: number | null;
  readonly before: number | null;
  /** Filters whose value means nothing, as typed. */
  readonly misunderstood: readonly string[];
}

const hasNames: ReadonlyMap<string, Has> = new Map([
  ["image", "image"],
  ["photo", "image"],
  ["picture", "image"],
  ["file", "file"],
  ["link", "link"],
  ["video", "video"],
  ["audio", "audio"],
  ["voice", "audio"],
] as const);

/** `key:value`, `key:"value with blanks"`, `"a phrase"`, or a word. */
const token = /(?:(from|in|has|before|after):)?(?:"([^"]*)"?|(\S+))/giu;
/** More is no search but an attack on it. */
const MAX_TERMS = 20;

/** `startOfDay` turns year, month (1…12) and day into the local day's first ms. */
export function parseQuery(
  text: string,
  startOfDay: (year: number, month: number, day: number) => number = localStartOfDay,
): SearchQuery {
  const words: string[] = [];
  const from: string[] = [];
  const rooms: string[] = [];
  const has: Has[] = [];
  const misunderstood: string[] = [];
  let after: number | null = null;
  let before: number | null = null;
  for (const [whole, key, quoted, bare] of text.matchAll(token)) {
    const value = quoted ?? bare ?? "";
    switch (key?.toLowerCase()) {
      case "from":
        if (fold(value).trim() !== "") from.push(fold(value).trim());
        break;
      case "in":
        if (fold(value).trim() !== "") rooms.push(fold(value).trim());
        break;
      case "has": {
        const kind = hasNames.get(value.toLowerCase());
        if (kind === undefined) misunderstood.push(whole);
        else has.push(kind);
        break;
      }
      case "before":
      case "after": {
        const begin = beginOf(value, startOfDay);
        if (begin === null) misunderstood.push(whole);
        else if (key?.toLowerCase() === "before") before = Math.min(before ?? Infinity, begin);
        else after = Math.max(after ?? 0, begin);
        break;
      }
      default:
        if (value !== "") words.push(value);
    }
  }
  const kept = words.slice(0, MAX_TERMS);
  const terms = kept.map((word) => fold(word).trimEnd()).filter((term) => term !== "");
  return { terms: [...new Set(terms)], words: kept, from, in: rooms, has, after, before, misunderstood };
}

/** Is there anything to look for? */
export const isEmpty = (query: SearchQuery): boolean =>
  query.terms.length + query.from.length + query.in.length + query.has.length === 0 &&
  query.after === null &&
  query.before === null;

/** A day, a month or a year: when it begins, ms since the epoch. Null for what is none. */
function beginOf(
  value: string,
  startOfDay: (year: number, month: number, day: number) => number,
): number | null {
  const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(value);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2] ?? 1);
  const day = Number(match[3] ?? 1);
  const isDate =
    year >= 1970 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return isDate ? startOfDay(year, month, day) : null;
}

const localStartOfDay = (year: number, month: number, day: number): number =>
  new Date(year, month - 1, day).getTime();
