import { expect, test } from "vitest";
import { pagesOf } from "./pages.ts";

test.each<[string, readonly string[]]>([
  ["no link at all", []],
  ["see https://example.org/a and http://b.example", ["https://example.org/a", "http://b.example/"]],
  ["twice https://example.org/a, https://example.org/a", ["https://example.org/a"]],
  [
    "mail ben@example.org or https://matrix.to/#/@ben:example.org first, then www.example.org",
    ["https://www.example.org/"],
  ],
  ["[Markdown](https://example.org/m)", ["https://example.org/m"]],
  ["ftp://example.org/x", []],
  [
    Array.from({ length: 400 }, (_, i) => `https://example.org/${i}`).join(" "),
    [0, 1, 2, 3, 4].map((i) => `https://example.org/${i}`),
  ],
])("the text %j leads to %j", (text, pages) => {
  expect(pagesOf({ text, html: null })).toEqual(pages);
});

test.each<[string, string, readonly string[]]>([
  ["a link with words", '<a href="https://example.org/w">the story</a>', ["https://example.org/w"]],
  ["an address in its text", "see https://example.org/t", ["https://example.org/t"]],
  [
    "a quote and an answer",
    "<blockquote>https://example.org/q</blockquote><p>https://example.org/a</p>",
    ["https://example.org/a"],
  ],
  [
    "code",
    '<pre><code>curl https://example.org/c</code></pre><code><a href="https://example.org/d">x</a></code>',
    [],
  ],
  ["something hidden", '<span data-mx-spoiler><a href="https://example.org/s">it was him</a></span>', []],
  ["a person", '<a href="https://matrix.to/#/@ben:example.org">Ben</a>', []],
  ["a script", '<a href="javascript:alert(1)">x</a>', []],
])("formatted, %s leads to the pages one sees links to", (_, html, pages) => {
  expect(pagesOf({ text: "https://example.org/plain", html })).toEqual(pages);
});
