import { flushSync } from "svelte";
import { expect, test } from "vitest";
import type { LinkPreview } from "../../preload/contract/models/link-preview.ts";
import { LinkPreviews } from "./link-previews.svelte.ts";

const url = "https://example.org/";
const found: LinkPreview = { title: "A title", description: null, siteName: null, image: null };

/** Rows that ask, of a core that answers what it is told to, in turn. */
function asking(answers: readonly (LinkPreview | Error | null)[]) {
  const left = [...answers];
  let asked = 0;
  let isLive = $state(true);
  const call = (): Promise<never> => {
    asked += 1;
    const answer = left.shift() ?? null;
    const given = answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ preview: answer });
    return given as Promise<never>;
  };
  const previews = new LinkPreviews({ call }, () => isLive);
  return {
    previews,
    asked: () => asked,
    goes: (live: boolean) => void ((isLive = live), flushSync()),
    /** A row with it is in the page until the answer is called. */
    row: () =>
      $effect.root(() => {
        $effect(() => void previews.ask(url));
      }),
  };
}

test("what is known is not asked for by the next row; what nobody could say is", async () => {
  const { previews, asked } = asking([new Error("offline"), null, found]);
  expect(previews.of(url)).toBeUndefined();
  await previews.ask(url);
  expect(previews.of(url)).toBeNull();
  for (let times = 0; times < 4; times++) await previews.ask(url);
  expect(asked()).toBe(3);
  expect(previews.of(url)).toEqual(found);
});

test("without the server nobody asks; once it is there, the rows in the page do", async () => {
  const { previews, asked, goes, row } = asking([found]);
  goes(false);
  const leave = row();
  flushSync();
  expect(asked()).toBe(0);
  goes(true);
  await Promise.resolve();
  await Promise.resolve();
  flushSync();
  expect(asked()).toBe(1);
  await new Promise((done) => setTimeout(done));
  expect(previews.of(url)).toEqual(found);
  leave();
});

test("nothing of one account is shown to the next, also where it comes late", async () => {
  const { previews } = asking([found, found]);
  await previews.ask(url);
  const late = previews.ask("https://example.org/late");
  previews.forget();
  await late;
  expect(previews.of(url)).toBeUndefined();
  expect(previews.of("https://example.org/late")).toBeUndefined();
});
