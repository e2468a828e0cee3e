import type { SnippetPart } from "../../../preload/contract/models/search.ts";
import { foldWithOrigin } from "../fold.ts";

// The part of a message that shows why it was found, as plain pieces: what matches is marked by data, never by markup.

/** Code units around the first match, and in all. */
const BEFORE = 40;
const LENGTH = 200;

/** At most 200 code units of the text, from shortly before its first match on, cut into what matches and what does not. */
export function snippetOf(original: string, terms: readonly string[]): readonly SnippetPart[] {
  const text = original.normalize("NFC").replace(/\s+/gu, " ").trim();
  const ranges = matchesIn(text, terms);
  const begin = ranges[0] === undefined ? 0 : beginAt(text, Math.max(0, ranges[0].from - BEFORE));
  const end = endAt(text, begin + LENGTH);
  const parts: SnippetPart[] = [];
  const push = (from: number, to: number, isMatch: boolean): void => {
    if (to > from) parts.push({ text: text.slice(from, to), isMatch });
  };
  if (begin > 0) parts.push({ text: "…", isMatch: false });
  let at = begin;
  for (const { from, to } of ranges) {
    if (from >= end) break;
    push(at, from, false);
    push(Math.max(at, from), Math.min(to, end), true);
    at = Math.max(at, Math.min(to, end));
  }
  push(at, end, false);
  if (end < text.length) parts.push({ text: "…", isMatch: false });
  return parts;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where the terms are in the original, in order, overlaps joined. */
function matchesIn(text: string, terms: readonly string[]): readonly Range[] {
  const folded = foldWithOrigin(text);
  const ranges: Range[] = [];
  for (const term of terms) {
    for (let at = folded.text.indexOf(term); at >= 0 && ranges.length < 100;) {
      const last = at + term.length;
      const from = folded.origin[at] ?? 0;
      // A letter may fold into several; the next letter of another origin is where this one ends.
      let next = last;
      while (next < folded.text.length && folded.origin[next] === folded.origin[last - 1]) next++;
      ranges.push({ from, to: folded.origin[next] ?? text.length });
      at = folded.text.indexOf(term, last);
    }
  }
  ranges.sort((a, b) => a.from - b.from || a.to - b.to);
  return ranges.reduce<Range[]>((joined, range) => {
    const last = joined.at(-1);
    if (last === undefined || range.from > last.to) joined.push(range);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    return joined;
  }, []);
}

/** Not in the middle of a character; at the beginning of a word where one is near. */
function beginAt(text: string, wanted: number): number {
  if (wanted === 0) return 0;
  const space = text.indexOf(" ", wanted);
  if (space >= 0 && space < wanted + BEFORE / 2) return space + 1;
  return isLowSurrogate(text, wanted) ? wanted - 1 : wanted;
}

function endAt(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  return isLowSurrogate(text, wanted) ? wanted - 1 : wanted;
}

const isLowSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
};
