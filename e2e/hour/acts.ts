import type { Chance } from "./seeded.ts";

// What people do in an hour. Each act has a number, which is in its words.

/** How often each of them is done, by weight. What is not possible at the moment becomes a `text`. */
const weights = {
  text: 9,
  emote: 3,
  notice: 3,
  formatted: 4,
  location: 3,
  picture: 4,
  film: 2,
  voice: 2,
  sound: 2,
  file: 2,
  sticker: 3,
  answer: 8,
  thread: 11,
  poll: 4,
  vote: 9,
  endPoll: 2,
  edit: 10,
  caption: 3,
  editOfOthers: 1,
  react: 11,
  delete: 7,
  deleteOfOthers: 2,
  pin: 4,
  forward: 4,
  readPublic: 2,
  readPrivate: 2,
  unread: 2,
  draft: 2,
} as const;
export type Act = keyof typeof weights;
export const acts = Object.keys(weights) as readonly Act[];

/** What each client cannot do: its people have no way to, or others do it there. */
export const notInOurs: readonly Act[] = ["sticker", "caption", "editOfOthers"];
export const notInSdk: readonly Act[] = ["draft", "deleteOfOthers"];

export function nextAct(chance: Chance, without: readonly Act[]): Act {
  return chance.weighed(
    Object.fromEntries(Object.entries(weights).filter(([act]) => !without.includes(act as Act))) as Record<
      Act,
      number
    >,
  );
}

export const reactionKeys = ["👍", "🎉", "❤️", "ok"];

/** A place near the harbour. */
export const geoOf = (n: number): string =>
  `geo:${(54 + (n % 90) / 100).toFixed(2)},${(10 + (n % 70) / 100).toFixed(2)}`;

/** Words with a name in them, as plain text and as HTML. */
export function formattedWords(who: string, n: number, mentioned: string) {
  return {
    body: `**${who}** says ${n} to ${mentioned}`,
    format: "org.matrix.custom.html" as const,
    formatted_body: `<strong>${who}</strong> says <em>${n}</em> to <a href="https://matrix.to/#/${mentioned}">${mentioned}</a>`,
    mentioned,
  };
}

export interface NewPoll {
  readonly question: string;
  readonly answers: readonly string[];
  readonly maxSelections: number;
  readonly isDisclosed: boolean;
}
export const pollOf = (who: string, n: number, chance: Chance): NewPoll => ({
  question: `${who} asks ${n}`,
  answers: ["yes", "no", "later", "never"].slice(0, 2 + Math.floor(chance.next() * 3)),
  maxSelections: 1 + Math.floor(chance.next() * 2),
  isDisclosed: chance.isLucky(0.6),
});
