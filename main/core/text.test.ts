import fc from "fast-check";
import { expect, test } from "vitest";
import { oneLine, plainText } from "./text.ts";

test.each([
  null,
  undefined,
  1,
  {},
  [],
  true,
  "",
  "   ",
  "\n\t",
  "\u200b\u2060",
  "\u3164",
  "\u202e",
  "\u0000",
])("%j shows nothing", (value) => expect(plainText(value, 100)).toBeNull());

test.each([
  ["a\u202egpj.exe", "agpj.exe"],
  ["a\u2066b\u2069c", "abc"],
  ["a\u0000b\u0007c\u009fd", "abcd"],
  ["one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"],
  ["\ttab stays", "\ttab stays"],
  ["half \ud83d pair", "half  pair"],
  ["whole 👩‍👩‍👧 family", "whole 👩‍👩‍👧 family"],
  ["<b>not bold</b>", "<b>not bold</b>"],
  ["\u200fעברית\u200e", "\u200fעברית\u200e"],
])("%j becomes %j", (given, expected) => expect(plainText(given, 100)).toBe(expected));

test("the cut never splits a character", () => {
  expect(plainText("👍👍👍", 2)).toBe("👍👍");
  expect(oneLine("👍👍👍", 2)).toBe("👍…");
});

test("a display name over several lines becomes one", () => {
  expect(oneLine("  Alice\n\n \tof\u2029Wonderland ", 100)).toBe("Alice of Wonderland");
});

test("whatever comes, the result is well-formed, short enough, and stays the same when done again", () => {
  const anything = fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((n) => String.fromCharCode(n)),
  });
  fc.assert(
    fc.property(anything, fc.integer({ min: 1, max: 20 }), (text, max) => {
      const plain = plainText(text, max);
      if (plain !== null) {
        expect(plain.isWellFormed()).toBe(true);
        expect([...plain].length).toBeLessThanOrEqual(max);
        expect(plainText(plain, max)).toBe(plain);
      }
      const line = oneLine(text, max);
      expect([...line].length).toBeLessThanOrEqual(max);
      expect(line).not.toMatch(/[\n\r\t\u202a-\u202e\u2066-\u2069]/);
      expect(oneLine(line, max)).toBe(line);
    }),
  );
});
