import { expect, test } from "vitest";
import type { LinkPreview } from "../../preload/contract/models/link-preview.ts";
import { firstPage, LinkPreviews } from "./link-previews.svelte.ts";

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

test("a page is asked for once it is known, and again where nobody answered", async () => {
  const asked: string[] = [];
  const answers: (LinkPreview | Error | null)[] = [new Error("offline"), null];
  const previews = new LinkPreviews((url) => {
    asked.push(url);
    const answer = answers.shift() ?? null;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  for (let times = 0; times < 4; times++) await previews.ask("https://example.org/");
  expect(asked).toHaveLength(2);
  expect(previews.of("https://example.org/")).toBeNull();
});
