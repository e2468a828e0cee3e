import { expect, test } from "vitest";
import { firstPage } from "./pages.ts";

test.each([
  ["no link at all", null],
  ["see https://example.org/a and http://b.example", "https://example.org/a"],
  [
    "mail ben@example.org or https://matrix.to/#/@ben:example.org first, then www.example.org",
    "https://www.example.org/",
  ],
  ["[Markdown](https://example.org/m)", "https://example.org/m"],
  ["ftp://example.org/x", null],
])("the page %j leads to is %j", (text, page) => {
  expect(firstPage(text)).toBe(page);
});
