import { expect, it } from "vitest";
import { fuzzyScore } from "./fuzzy.ts";

const ranked = (query: string, ...names: string[]): string[] =>
  names
    .flatMap((name) => {
      const score = fuzzyScore(name, query);
      return score === null ? [] : [{ name, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ name }) => name);

it.each([
  [
    "the beginning, then a word, then the middle, then scattered letters",
    "har",
    ["harbour", "old harbour", "shareholders", "hay market"],
  ],
  ["first letters of words", "hm", ["hay market", "harmless"]],
  ["a shorter name that begins alike", "pier", ["pier", "pier of the old town"]],
])("%s", (_situation, query, names) => {
  expect(ranked(query, ...names.toReversed())).toEqual(names);
});

it("letters in another order do not fit; nothing typed fits everything", () => {
  expect(fuzzyScore("harbour", "rah")).toBeNull();
  expect(fuzzyScore("harbour", "")).toBe(0);
});
