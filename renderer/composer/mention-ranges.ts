import type { DraftMention } from "../../preload/contract/models/room.ts";

export interface TextRange {
  readonly text: string;
  readonly isMention: boolean;
}

const wordEdge = /^[\p{L}\p{N}_]/u;

/** The text in pieces, those apart that stand for somebody. */
export function mentionRanges(text: string, mentions: readonly DraftMention[]): readonly TextRange[] {
  const names = mentions.map((one) => one.text).toSorted((a, b) => b.length - a.length);
  const ranges: TextRange[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign !== "@" && sign !== "#") continue;
    const name = names.find((one) => text.startsWith(one, at) && !wordEdge.test(text.slice(at + one.length)));
    if (name === undefined) continue;
    if (at > from) ranges.push({ text: text.slice(from, at), isMention: false });
    ranges.push({ text: name, isMention: true });
    from = at + name.length;
    at = from - 1;
  }
  if (from < text.length) ranges.push({ text: text.slice(from), isMention: false });
  return ranges;
}
