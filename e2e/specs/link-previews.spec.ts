import type { Page } from "@playwright/test";
import type { Homeserver } from "../homeserver/index.ts";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { painted, stayed, watchPosition } from "../pages/frames.ts";
import { atRest, lineBeingRead } from "../pages/log-view.ts";
import { scrollToEnd, scrollToStart, watchEnd } from "../pages/scroll-watch.ts";
import { expect, test, type Story } from "../pages/story.ts";

// What stands behind links comes when the homeserver has it, and makes its row taller. The line being read stays.

const MESSAGES = 90;
const PREVIEW = /\/media\/preview_url$/;
/** Slow to wild, with pauses to read in: px a frame. The last are further than what is laid out ahead of the view. */
const STEPS = [40, 40, 0, 0, 0, 90, 150, 0, 300, 300, 450, 450];

const pageOf = (index: number): string => `https://harbour.example/log/${index}`;

/** A room in which everybody posts links, to pages of all sorts: with a picture, of few or many words, or unreachable. */
function linkedRoom({ world }: Homeserver, messages = MESSAGES): string {
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const picture = world.uploadMedia(landscapePicture(3, 320, 240), "image/png");
  world.sendMany(roomId, messages, (index) => ({
    sender: Math.floor(index / 4) % 3 === 0 ? "ana" : "ben",
    content: `talk ${index} ${"and so on ".repeat((index * 13) % 30)}${pageOf(index)}`,
  }));
  for (let index = 0; index < messages; index++) {
    if (index % 7 === 3) continue;
    world.addPage(pageOf(index), {
      "og:title": `Page ${index}`,
      ...(index % 3 === 0 ? {} : { "og:description": "High at noon, low at six. ".repeat(index % 9) }),
      ...(index % 2 === 0 ? {} : { "og:image": picture }),
    });
  }
  return roomId;
}

/** Answers come after different times, none of them in the order of the questions. */
function delayPreviews({ faults }: Homeserver): void {
  for (const [delay, probability] of [
    [15, 0.6],
    [60, 0.4],
    [200, 0.2],
    [700, 0.05],
  ] as const)
    faults.add({ on: { path: PREVIEW }, do: { delay }, probability });
}

/** Nobody answers until it is called; with `url` nobody does of that page. */
function holdPreviews({ faults }: Homeserver, url?: string): () => void {
  let release: () => void = () => undefined;
  const holdBefore = new Promise<void>((resolve) => (release = resolve));
  const query = url === undefined ? {} : { url };
  const held = faults.add({ on: { path: PREVIEW, query }, do: { holdBefore } });
  return () => {
    held.remove();
    release();
  };
}

async function wanting(begin: () => Promise<Story>, page: Page, roomId: string): Promise<Story["dunlin"]> {
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await page.keyboard.press("Control+,");
  await page.getByRole("switch", { name: "Show what is behind links" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await dunlin.openRoom("Harbour", roomId);
  return dunlin;
}

test("a room full of links is read to its start, to its end and back: late previews never move the line", async ({
  homeserver,
  begin,
  page,
}) => {
  test.setTimeout(180_000);
  const roomId = linkedRoom(homeserver);
  delayPreviews(homeserver);
  const dunlin = await wanting(begin, page, roomId);
  await expect(dunlin.log.getByText(`talk ${MESSAGES - 1} `)).toBeInViewport();
  for (const [go, last] of [
    [scrollToStart, 0],
    [scrollToEnd, MESSAGES - 1],
    [scrollToStart, 0],
  ] as const) {
    const scrolled = await go(dunlin.log, STEPS);
    expect(scrolled.watched).toBeGreaterThan(MESSAGES / 4);
    expect(scrolled.moved, "px by which the line moved although nobody scrolled").toEqual([]);
    await atRest(page, dunlin.log);
    await expect(dunlin.log.getByText(`talk ${last} `)).toBeInViewport();
  }
  // Each page is asked for once, however often its row came and went.
  expect(homeserver.wire.count("GET", PREVIEW)).toBeLessThanOrEqual(MESSAGES);
  expect(homeserver.wire.count("GET", PREVIEW)).toBeGreaterThan(MESSAGES / 2);
});

test("standing in the middle, the first message in view stays while previews come above, in and below the view", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = linkedRoom(homeserver, 120);
  const release = holdPreviews(homeserver);
  const dunlin = await wanting(begin, page, roomId);
  await expect(dunlin.log.getByText("talk 119 ")).toBeInViewport();
  await scrollToStart(dunlin.log, [300]);
  await dunlin.log.evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight / 2));
  await atRest(page, dunlin.log);
  const preview = dunlin.log.getByRole("button", { name: /Page \d+/ });
  await expect(preview).toHaveCount(0);
  const line = await lineBeingRead(dunlin.log);
  const above = line.locator("xpath=preceding-sibling::*").getByRole("button", { name: /Page/ });
  const below = line.locator("xpath=following-sibling::*").getByRole("button", { name: /Page/ });
  const watch = await watchPosition(line);
  delayPreviews(homeserver);
  release();
  await expect.poll(() => above.count(), { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(() => below.count(), { timeout: 20_000 }).toBeGreaterThan(2);
  await expect.poll(() => homeserver.wire.requests.filter((one) => one.inFlight).length).toBeLessThan(2);
  await painted(page);
  const stood = await watch.stop();
  expect(stayed(stood), stood.join()).toBe(true);
});

test("at the end, the end stays in view while previews come, also of the last message", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = linkedRoom(homeserver, 40);
  const release = holdPreviews(homeserver);
  const dunlin = await wanting(begin, page, roomId);
  await expect(dunlin.log.getByText("talk 39 ")).toBeInViewport();
  await atRest(page, dunlin.log);
  const watch = await watchEnd(dunlin.log);
  delayPreviews(homeserver);
  release();
  await expect(dunlin.log.getByRole("button", { name: "Page 39" })).toBeInViewport({ ratio: 1 });
  // News while they still come.
  homeserver.world.sendMessage(roomId, "ben", `talk 40 ${pageOf(39)}`);
  await expect(dunlin.log.getByText("talk 40 ")).toBeInViewport();
  await expect(dunlin.log.getByRole("button", { name: /Page/ })).not.toHaveCount(0);
  await painted(page);
  expect(await watch.stop()).toBeLessThanOrEqual(1);
});

test("of several links each shows when it is there, in their order, and nothing that is read or shown moves", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  for (const index of [1, 2, 3, 4, 5])
    world.addPage(pageOf(index), {
      "og:title": `Page ${index}`,
      "og:description": "low at six. ".repeat(index),
    });
  const talk = (from: number): void => {
    for (let index = from; index < from + 30; index++) world.sendMessage(roomId, "ben", `talk ${index}`);
  };
  talk(0);
  world.sendMessage(roomId, "ben", `the day: ${[1, 2, 3, 4].map(pageOf).join(" and then ")}`);
  talk(30);
  const releases = [1, 2, 3, 4].map((index) => holdPreviews(homeserver, pageOf(index)));
  const release = (index: number): void => releases[index - 1]?.();
  const dunlin = await wanting(begin, page, roomId);
  const row = dunlin.log.locator('[data-kind="message"]').filter({ hasText: "the day:" });
  const previews = row.getByRole("button", { name: /Page \d/ });
  // The message with the links stands in the middle of the view.
  await row.evaluate((element) => element.scrollIntoView({ block: "center" }));
  await atRest(page, dunlin.log);
  const line = await watchPosition(await lineBeingRead(dunlin.log));
  release(3);
  await expect(previews).toHaveText([/Page 3/]);
  release(2);
  await expect(previews).toHaveText([/Page 2/, /Page 3/]);
  // What is shown stays where another comes before it, and who had the keyboard keeps it.
  await previews.last().focus();
  release(1);
  await expect(previews).toHaveText([/Page 1/, /Page 2/, /Page 3/]);
  await expect(previews.last()).toBeFocused();
  release(4);
  await expect(row.getByRole("button", { name: "Show 1 more" })).toBeVisible();
  await painted(page);
  const stood = await line.stop();
  expect(stayed(stood), stood.join()).toBe(true);
  await row.getByRole("button", { name: "Show 1 more" }).click();
  await expect(previews).toHaveText([/Page 1/, /Page 2/, /Page 3/, /Page 4/]);
  await row.getByRole("button", { name: "Show less" }).click();
  await expect(previews).toHaveText([/Page 1/, /Page 2/]);
});

test("a preview that comes above the edge of the view, before one that is in view, moves neither that nor the line", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  for (const index of [1, 2]) world.addPage(pageOf(index), { "og:title": `Page ${index}` });
  const talk = (words: string): void =>
    void Array.from({ length: 35 }, (_, index) => world.sendMessage(roomId, "ben", `${words} ${index}`));
  talk("before it");
  world.sendMessage(roomId, "ben", `the day: ${[1, 2].map(pageOf).join(" and then ")}`);
  talk("after it");
  const release = holdPreviews(homeserver, pageOf(1));
  const dunlin = await wanting(begin, page, roomId);
  const row = dunlin.log.locator('[data-kind="message"]').filter({ hasText: "the day:" });
  const second = row.getByRole("button", { name: "Page 2" });
  // Its lower half is in view: the words above it are not, and there the first one's place is.
  await second.evaluate((element) => {
    const scroller = element.closest('[role="log"]');
    if (scroller === null) return;
    const { top, height } = element.getBoundingClientRect();
    scroller.scrollTop += top + height / 2 - scroller.getBoundingClientRect().top;
  });
  await atRest(page, dunlin.log);
  const line = await watchPosition(await lineBeingRead(dunlin.log));
  const card = await watchPosition(second);
  release();
  await expect(row.getByRole("button", { name: /Page \d/ })).toHaveText([/Page 1/, /Page 2/]);
  await painted(page);
  for (const watched of [line, card]) {
    const stood = await watched.stop();
    expect(stayed(stood), stood.join()).toBe(true);
  }
});

test("of many links the first two are shown, and what one puts away stays away until it is wanted again", async ({
  homeserver,
  begin,
  page,
}, testInfo) => {
  const { world } = homeserver;
  const roomId = linkedRoom(homeserver, 8);
  world.sendMessage(roomId, "ben", `the day: ${[3, 4, 5, 6, 7].map(pageOf).join(" and then ")}`);
  world.sendMessage(roomId, "ben", "that is all");
  // The others wait for the first two, so that which of them come first is no chance.
  const releases = [6, 7].map((index) => holdPreviews(homeserver, pageOf(index)));
  const dunlin = await wanting(begin, page, roomId);
  const row = dunlin.log.locator('[data-kind="message"]').filter({ hasText: "the day:" });
  const previews = row.getByRole("button", { name: /Page \d/ });
  // Of the third nobody knows anything; four are left.
  await expect(previews).toHaveText([/Page 4/, /Page 5/]);
  for (const release of releases) release();
  await row.getByRole("button", { name: "Show 2 more" }).click();
  await expect(previews).toHaveText([/Page 4/, /Page 5/, /Page 6/, /Page 7/]);
  await row.getByRole("button", { name: "Show less" }).click();
  await expect(previews).toHaveCount(2);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await row.hover();
    await expectNoViolations(page, `link previews, ${colorScheme}`);
    await testInfo.attach(colorScheme, { body: await page.screenshot(), contentType: "image/png" });
  }
  await page.setViewportSize({ width: 560, height: 700 });
  await row.hover();
  await testInfo.attach("narrow", { body: await page.screenshot(), contentType: "image/png" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await row.getByRole("button", { name: "Hide what is behind links" }).click();
  await expect(previews).toHaveCount(0);
  await expect(row).toBeFocused();
  await page.reload();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByRole("button", { name: "Page 7" })).toBeVisible();
  await expect(previews).toHaveCount(0);
  await row.hover();
  await row.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Show what is behind links" }).click();
  await expect(previews).toHaveCount(2);
});
