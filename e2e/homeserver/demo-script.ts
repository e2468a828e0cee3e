import { CONVERSATIONS, WORDS } from "./demo-conversations.ts";
import { generator } from "./faults.ts";

/** One line of talk, before it has a sender and a time. */
export interface Line {
  /** Number of the speaker within the conversation. */
  speaker: number;
  kind: "text" | "emote" | "notice" | "picture" | "formatted";
  text: string;
}

/** Chance that repeats: the demo looks the same each time. */
export interface Dice {
  /** 0 <= n < 1. */
  roll(): number;
  /** One of the list. */
  pick<T>(list: readonly T[]): T;
  /** A copy in random order. */
  shuffle<T>(list: readonly T[]): T[];
}

/** Dice with a seed. */
export function dice(seed: number): Dice {
  const roll = generator(seed);
  return {
    roll,
    pick: <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T,
    shuffle<T>(list: readonly T[]): T[] {
      const rest = [...list];
      for (let index = rest.length - 1; index > 0; index -= 1) {
        const other = Math.floor(roll() * (index + 1));
        [rest[index], rest[other]] = [rest[other] as T, rest[index] as T];
      }
      return rest;
    },
  };
}

/** Fills the braces; the same brace means the same word within one text. */
export function fill(text: string, names: readonly string[], die: Dice): string {
  const chosen = new Map<string, string>();
  const filled = text.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const words = key === "name" ? names : WORDS[key];
    if (words === undefined) return whole;
    const word = chosen.get(key) ?? die.pick(words);
    chosen.set(key, word);
    return word;
  });
  // Lower-case words may have come to stand at the start of a line.
  return filled.replace(/^(?:\d )?[a-z]/gm, (start) => start.toUpperCase());
}

const KINDS: Record<string, Line["kind"]> = {
  "/me": "emote",
  "/notice": "notice",
  "/picture": "picture",
  "/html": "formatted",
};

/** The lines of one conversation, words filled in. */
function parse(conversation: string, names: readonly string[], die: Dice): Line[] {
  const lines = fill(conversation, names, die).split(/\n(?=\d )/);
  return lines.map((line) => {
    const [, speaker = "0", command, rest = ""] = /^(\d) (?:(\/\w+) )?([\s\S]*)$/.exec(line) ?? [];
    const kind = command === undefined ? "text" : (KINDS[command] ?? "text");
    return { speaker: Number(speaker), kind, text: rest };
  });
}

/** Conversations without end: all of them in random order, then all again with other words. */
export function* conversations(names: readonly string[], die: Dice): Generator<Line[], never> {
  for (;;) {
    for (const conversation of die.shuffle(CONVERSATIONS)) yield parse(conversation, names, die);
  }
}

/** What remains of formatted text for those who cannot show it. */
export function plainText(html: string): string {
  return html
    .replace(/<li>/g, "• ")
    .replace(/<\/(p|li|pre|blockquote)>/g, "\n")
    .replace(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/\n{2,}/g, "\n")
    .trim();
}
