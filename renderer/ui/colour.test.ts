import { expect, test } from "vitest";
import { endHueOf, hueOf, initialsOf } from "./colour.ts";

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

test("avatars of similar ids spread over all pairs of a hue and a near one", () => {
  const pairs = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const id = `@user${i}:example.org`;
    const distance = Math.abs(hueOf(id) - endHueOf(id));
    expect(Math.min(distance, 12 - distance)).toBeLessThanOrEqual(2);
    const pair = `${hueOf(id)} ${endHueOf(id)}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  expect(pairs.size).toBe(60);
  for (const count of pairs.values()) expect(count).toBeGreaterThan(100);
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
