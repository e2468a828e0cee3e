import type { Page } from "@playwright/test";
import { bentExample } from "../homeserver/bent-events.ts";
import { expect, test } from "../pages/story.ts";

// The specification's example events, bent, in the real timeline of a real page: the same ones that main throws at parser
// and store (main/core/timeline/spec-events.test.ts). `DUNLIN_BENT=50000` is all of them, half an hour;
// `DUNLIN_BENT_FROM` begins elsewhere than at the first.

const COUNT = Number(process.env["DUNLIN_BENT"] ?? 300);
const FROM = Number(process.env["DUNLIN_BENT_FROM"] ?? 0);
const PER_ROOM = 100;
/** Ms for a hundred of them on a slow machine. */
const LIMIT_PER_ROOM = 60_000;

/** Answers how many of the bent events have had a row so far. */
async function watchShown(page: Page): Promise<() => Promise<number>> {
  const seen = await page.evaluateHandle(() => {
    const ids = new Set<string>();
    const look = (): void => {
      for (const row of document.querySelectorAll('[role="log"] [data-event-id^="$bent-"]'))
        ids.add(row.getAttribute("data-event-id") ?? "");
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    return ids;
  });
  return () => seen.evaluate((ids) => ids.size);
}

test(`${COUNT} bent example events: none breaks the timeline, hides its neighbours or leaves its column`, async ({
  homeserver,
  begin,
  page,
}) => {
  test.setTimeout(60_000 + Math.ceil(COUNT / PER_ROOM) * LIMIT_PER_ROOM);
  const { world } = homeserver;
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const shown = await watchShown(page);
  for (let start = 0; start < COUNT; start += PER_ROOM) {
    const first = FROM + start;
    const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: `Harbour ${first}` });
    const expected: string[] = [];
    for (let at = first; at < first + Math.min(PER_ROOM, COUNT - start); at += 1) {
      world.inject(roomId, bentExample(at, { event_id: `$bent-${at}`, room_id: roomId }));
      // A good one after each: it must be there, in its place, and what is bent stands alone, in no run of lines.
      world.sendMessage(roomId, "ben", `good ${at}`);
      expected.push(`good ${at}`);
    }
    // By its id: its name may be bent, too.
    await dunlin.row(roomId).click();
    const log = page.locator(`[role="log"][data-room-id="${roomId}"]`);
    await expect(log.getByText(expected.at(-1) ?? "", { exact: true })).toBeVisible();
    const seen = await dunlin.readToStart();
    expect(seen.map(({ text }) => text).filter((text) => expected.includes(text))).toEqual(expected);
    const { inner, outer } = await log.evaluate((element) => ({
      inner: Math.max(
        ...[element, ...element.querySelectorAll(".row")].map(({ scrollWidth }) => scrollWidth),
      ),
      outer: element.clientWidth,
    }));
    expect(inner, `room of ${first}`).toBeLessThanOrEqual(outer);
  }
  // Two of three examples are nothing for a timeline; a test in which nothing shows would prove nothing.
  expect(await shown()).toBeGreaterThan(COUNT / 5);
  const calm = world.createRoom({ creator: "ben", members: ["ana"], name: "Calm" });
  await dunlin.openRoom("Calm", calm);
  await dunlin.send("still here");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveText(/still here/);
});
