import { expect, test } from "vitest";
import { highlight } from "./highlight.ts";

/** `k:return` for a coloured word; what is not coloured is left out. */
function coloured(code: string, language: string): string[] | null {
  const nodes = highlight(code, language);
  return (
    nodes &&
    [...nodes.querySelectorAll("span")].map((span) => `${span.className.slice(5, 6)}:${span.textContent}`)
  );
}

test.each([
  ["ts", 'return utc + "a//b"; // not 2', ["k:return", 's:"a//b"', "c:// not 2"]],
  ["js", "let a = 0x1f /* let\n2 */ + `x ${1}`", ["k:let", "n:0x1f", "c:/* let\n2 */", "s:`x ${1}`"]],
  [
    "python",
    "def f(): # why\n  return 'it\\'s' + 1.5",
    ["k:def", "c:# why", "k:return", "s:'it\\'s'", "n:1.5"],
  ],
  ["SQL", "SELECT a FROM b -- all", ["k:SELECT", "k:FROM", "c:-- all"]],
  ["rust", "fn f<'a>(x: &'a str) {}", ["k:fn"]],
  ["sh", "echo ${#x}", []],
  ["js", "returned classy", []],
])("%s: %s", (language, code, words) => {
  expect(coloured(code, language)).toEqual(words);
});

test("the text stays what it was, to the letter", () => {
  for (const code of ['"open', "/* open", "'a\nb'", "<script>alert(1)</script>", "a\u0000b", "`${`"]) {
    expect(highlight(code, "ts")?.textContent).toBe(code);
  }
});

test("an unknown language and very long code stay plain", () => {
  expect(highlight("return", "klingon")).toBeNull();
  expect(highlight("return", "constructor")).toBeNull();
  expect(highlight("x".repeat(20_001), "ts")).toBeNull();
});

test("code made to be slow is coloured all the same", () => {
  for (const piece of ["/*", '"\\', "'", "`", "0x", "#", "-- "]) {
    const code = piece.repeat(20_000 / piece.length);
    for (const language of ["ts", "rust", "py", "sql"])
      expect(highlight(code, language)?.textContent).toBe(code);
  }
});
