import { expect, it } from "vitest";
import { holdsWords } from "./section-filter.ts";

it.each([
  ["Privacy: send read receipts", "receipt", true],
  ["Privacy: send read receipts", "READ priv", true],
  ["Töne und Größe", "tone grosse", false],
  ["Töne und Größe", "tone", true],
  ["Privacy: send read receipts", "receipt calls", false],
  ["Privacy", "  ", true],
  ["Privacy", "", true],
])("%s holds %s: %s", (text, typed, isThere) => {
  expect(holdsWords(text, typed)).toBe(isThere);
});
