import { expect, test } from "vitest";
import { hueOf, initialsOf } from "./colour.ts";

test("an id keeps its hue, and many ids use all twelve about equally", () => {
  expect(hueOf("@ana:example.org")).toBe(hueOf("@ana:example.org"));
  const counts = new Map<number, number>();
  for (let i = 0; i < 12_000; i++) {
    const hue = hueOf(`@user${i}:example.org`);
    counts.set(hue, (counts.get(hue) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  for (const count of counts.values()) expect(count).toBeGreaterThan(700);
});

test.each([
  ["Ana Lima", "AL"],
  ["ana", "A"],
  ["@bob:example.org", "B"],
  ["#garden", "G"],
  ["👩‍👩‍👧 family", "👩‍👩‍👧F"],
  ["Émile", "É"],
  ["", "?"],
  ["   ", "?"],
])("the initials of %j are %j", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
