import { expect, test } from "vitest";
import type { LinkPreview } from "../../../preload/contract/models/link-preview.ts";
import { manualClock } from "../fake-platform.ts";
import { failed, ok, type Failure, type Result } from "../failure.ts";
import { createLinkPreviews } from "./link-previews.ts";

// How often, and how many at once, the homeserver is asked what stands behind links.

const found = (title: string): LinkPreview => ({ title, description: null, siteName: null, image: null });
const page = "https://example.org/";
const lost: Failure = { kind: "offline", message: "ECONNREFUSED" };

/** A server whose answers the test gives, one by one. */
function asking() {
  const clock = manualClock();
  const open: { readonly url: string; answer(given: Result<LinkPreview | null>): Promise<void> }[] = [];
  const { loadLinkPreview } = createLinkPreviews({
    clock,
    isWanted: () => true,
    fetch: (url) =>
      new Promise((resolve) => {
        open.push({
          url,
          async answer(given) {
            open.splice(open.indexOf(this), 1);
            resolve(given);
            await clock.breath();
          },
        });
      }),
  });
  const ask = async (url: string): Promise<LinkPreview | string | null> => {
    try {
      return (await loadLinkPreview({ url })).preview;
    } catch (error) {
      return (error as Error).message;
    }
  };
  return { clock, open, ask };
}

test("no more than three are asked at once, also those who come at the moment a place becomes free", async () => {
  const { clock, open, ask } = asking();
  const wanted = Array.from({ length: 12 }, (_, i) => `${page}${i}`);
  let most = 0;
  const answers = wanted.slice(0, 6).map((url) => ask(url));
  await clock.breath();
  for (let round = 6; open.length > 0; round++) {
    most = Math.max(most, open.length);
    const answered = open[0]!.answer(ok(found("some")));
    // After the answer, before the one who waits in line has had a turn.
    for (let turn = 0; turn < 4; turn++) {
      await Promise.resolve();
      if (turn === round % 3 && round < wanted.length) answers.push(ask(wanted[round]!));
      most = Math.max(most, open.length);
    }
    await answered;
  }
  expect(await Promise.all(answers)).toHaveLength(12);
  expect(most).toBe(3);
});

test("the page that came into view last is asked for next", async () => {
  const { clock, open, ask } = asking();
  for (let i = 0; i < 6; i++) void ask(`${page}${i}`);
  await clock.breath();
  await open[0]!.answer(ok(null));
  expect(open.map(({ url }) => url)).toEqual([`${page}1`, `${page}2`, `${page}5`]);
});

test("a page that comes into view again goes before those that came since", async () => {
  const { clock, open, ask } = asking();
  for (let i = 0; i < 6; i++) void ask(`${page}${i}`);
  await clock.breath();
  const again = ask(`${page}3`);
  await open[0]!.answer(ok(null));
  expect(open.map(({ url }) => url)).toEqual([`${page}1`, `${page}2`, `${page}3`]);
  await open[2]!.answer(ok(found("Seen again")));
  expect(await again).toEqual(found("Seen again"));
  expect(open.at(-1)?.url).toBe(`${page}5`);
});

test("pages that take too long let the others go first, and are asked for once more", async () => {
  const { clock, open, ask } = asking();
  const slow = [0, 1, 2].map((i) => ask(`${page}slow-${i}`));
  for (let i = 0; i < 2; i++) void ask(`${page}${i}`);
  await clock.breath();
  const tooLong = failed({ kind: "timeout", message: "no answer in time" });
  for (const one of [...open]) await one.answer(tooLong);
  expect(open.map(({ url }) => url)).toEqual([`${page}1`, `${page}0`, `${page}slow-0`]);
  // What comes now goes before those, too.
  void ask(`${page}2`);
  await open[0]!.answer(ok(null));
  expect(open.at(-1)?.url).toBe(`${page}2`);
  await open.find(({ url }) => url === `${page}slow-0`)!.answer(ok(found("At last")));
  expect(await slow[0]).toEqual(found("At last"));
  // It is left alone for a while after that.
  for (let left = 0; left < 6 && open.length > 0; left++) await open[0]!.answer(tooLong);
  for (let left = 0; left < 6 && open.length > 0; left++) await open[0]!.answer(tooLong);
  expect(open).toHaveLength(0);
  expect(await Promise.all(slow.slice(1))).toEqual(["no answer in time", "no answer in time"]);
});

test("a page that is known is not asked for again", async () => {
  const { clock, open, ask } = asking();
  const first = ask(page);
  const second = ask(page);
  await clock.breath();
  expect(open).toHaveLength(1);
  await open[0]!.answer(ok(found("A title")));
  expect([await first, await second]).toEqual([found("A title"), found("A title")]);
  await clock.advance(24 * 3_600_000);
  expect(await ask(page)).toEqual(found("A title"));
  expect(open).toHaveLength(0);
});

test.each<[string, Result<LinkPreview | null>, LinkPreview | string | null, number]>([
  [
    "that the server cannot get",
    failed({ kind: "unavailable", message: "HTTP 502", status: 502 }),
    null,
    600,
  ],
  ["that is not there", failed({ kind: "rejected", message: "HTTP 404", status: 404 }), null, 600],
  ["that says nothing", ok(null), null, 600],
  ["nobody answered about", failed(lost), "ECONNREFUSED", 30],
  [
    "the server refused to a session that has ended",
    failed({ kind: "unauthorized", message: "HTTP 401", status: 401, soft: true }),
    "HTTP 401",
    30,
  ],
])("a page %s is left alone for a while, then asked for again", async (_, answer, shown, seconds) => {
  const { clock, open, ask } = asking();
  const first = ask(page);
  await clock.breath();
  await open[0]!.answer(answer);
  expect(await first).toEqual(shown);
  await clock.advance(seconds * 1000 - 1);
  expect(await ask(page)).toEqual(shown);
  expect(open).toHaveLength(0);
  await clock.advance(1);
  const later = ask(page);
  await clock.breath();
  await open[0]!.answer(ok(found("Back")));
  expect(await later).toEqual(found("Back"));
});

test("a server that has enough is asked nothing at all until its time is over", async () => {
  const { clock, open, ask } = asking();
  const answers = Array.from({ length: 5 }, (_, i) => ask(`${page}${i}`));
  await clock.breath();
  const limited = failed({ kind: "limited", message: "HTTP 429", status: 429, retryAfterMs: 5_000 });
  for (const one of [...open]) await one.answer(limited);
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 5 }, () => "HTTP 429"));
  expect(await ask(`${page}another`)).toBe("HTTP 429");
  expect(open).toHaveLength(0);
  await clock.advance(60_000);
  void ask(page);
  await clock.breath();
  expect(open).toHaveLength(1);
});
