import compact from "emojibase-data/en/compact.json";
import shortcodes from "emojibase-data/en/shortcodes/emojibase.json";
import { foldedWords } from "./fold.ts";

// The emoji of Unicode, in its order and groups, with the words people look for. Loaded with the picker only.

export interface Emoji {
  /** The emoji itself, fully qualified. */
  readonly text: string;
  /** What it is called. */
  readonly name: string;
  /** Words to look for, folded. */
  readonly words: readonly string[];
}

/** Unicode's groups without components (skin tones), in its order; the catalogue names them. */
export const groupIds = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;
export type GroupId = (typeof groupIds)[number];

interface Entry {
  readonly hexcode: string;
  readonly label: string;
  readonly unicode: string;
  readonly group?: number;
  readonly order?: number;
  readonly tags?: readonly string[];
}

const codes: Readonly<Record<string, string | readonly string[]>> = shortcodes;

function emojiOf({ hexcode, label, unicode, tags = [] }: Entry): Emoji {
  const own = codes[hexcode] ?? [];
  const names = typeof own === "string" ? [own] : own;
  return { text: unicode, name: label, words: [label, ...names, ...tags].flatMap(foldedWords) };
}

const ordered = (compact as readonly Entry[])
  .filter((entry) => entry.group !== undefined && entry.order !== undefined)
  .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));

/** Every emoji by its group. */
export const emojiGroups: ReadonlyMap<GroupId, readonly Emoji[]> = new Map(
  groupIds.map((id) => [id, ordered.filter(({ group }) => group === id).map(emojiOf)]),
);

const all = [...emojiGroups.values()].flat();
const byText = new Map(all.map((emoji) => [emoji.text, emoji]));

/** The emoji of that text, if it is one. */
export const emojiNamed = (text: string): Emoji | undefined => byText.get(text);

/** At most this many are found: nobody reads further. */
const MOST_FOUND = 120;

/** Emoji for which every word looked for begins one of theirs; those whose name begins so come first. */
export function findEmoji(query: string): readonly Emoji[] {
  const wanted = foldedWords(query);
  if (wanted.length === 0) return [];
  const found = all.filter(({ words }) => wanted.every((word) => words.some((own) => own.startsWith(word))));
  const isFirst = ({ words }: Emoji): boolean => words[0]?.startsWith(wanted[0] ?? "") === true;
  return [...found.filter(isFirst), ...found.filter((emoji) => !isFirst(emoji))].slice(0, MOST_FOUND);
}
