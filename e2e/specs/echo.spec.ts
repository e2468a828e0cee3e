import type { Locator } from "@playwright/test";
import { bodiesOf } from "../pages/events.ts";
import { painted } from "../pages/frames.ts";
import { expect, test, type Story } from "../pages/story.ts";
import type { Homeserver } from "../homeserver/index.ts";

// From Enter to the server's own copy: one message, one element, one place.

const send = /\/send\//;

async function inRoom(homeserver: Homeserver, begin: () => Promise<Story>) {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const story = await begin();
  await story.dunlin.connection("live");
  await story.dunlin.openRoom("Harbour", roomId);
  return { ...story, roomId };
}

/** Gives the element a mark that only this very element can have. */
async function mark(row: Locator): Promise<void> {
  await row.evaluate((element) => Object.assign(element, { markedByTest: true }));
}
const isMarked = (row: Locator): Promise<boolean> => row.evaluate((element) => "markedByTest" in element);

test("ten quick messages show at once on a slow server and arrive in order", async ({
  homeserver,
  begin,
}) => {
  const { dunlin, roomId } = await inRoom(homeserver, begin);
  let answer = (): void => {};
  const slow = new Promise<void>((resolve) => (answer = resolve));
  homeserver.faults.add({ on: { method: "PUT", path: send }, do: { holdBefore: slow } });
  const texts = Array.from({ length: 10 }, (_, index) => `quick ${index}`);
  for (const text of texts) await dunlin.send(text);
  // All ten are on the screen while the server has not answered a single one.
  await expect(dunlin.log.locator('[data-kind="message"]')).toHaveCount(10);
  expect(bodiesOf(homeserver.world.events(roomId))).toEqual([]);
  expect(homeserver.wire.count("PUT", send)).toBe(1);
  const before = (await dunlin.visible()).map(({ itemId, text }) => ({ itemId, text }));
  answer();
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(10);
  expect(bodiesOf(homeserver.world.events(roomId))).toEqual(texts);
  const after = await dunlin.visible();
  expect(after.map(({ itemId, text }) => ({ itemId, text }))).toEqual(before);
  expect(after.map(({ eventId }) => eventId)).toEqual(
    homeserver.world
      .events(roomId)
      .filter(({ type }) => type === "m.room.message")
      .map(({ event_id }) => event_id),
  );
});

test("from local to remote echo it is the same element in the same place, and nothing scrolls", async ({
  homeserver,
  begin,
  page,
}) => {
  const { dunlin, roomId } = await inRoom(homeserver, begin);
  homeserver.world.sendMany(roomId, 40, (index) => ({ sender: "ben", content: `talk ${index}` }));
  await expect(dunlin.log.getByText("talk 39")).toBeVisible();
  let answer = (): void => {};
  const slow = new Promise<void>((resolve) => (answer = resolve));
  homeserver.faults.add({ on: { method: "PUT", path: send }, do: { holdBefore: slow } });
  await dunlin.send("the same all along");
  const row = dunlin.log.locator('[data-kind="message"]', { hasText: "the same all along" });
  await expect(row).toHaveAttribute("data-send-state", "sending");
  await painted(page);
  await mark(row);
  const id = await row.getAttribute("data-item-id");
  const place = await row.boundingBox();
  const scrolled = await dunlin.log.evaluate((log) => log.scrollTop);
  answer();
  await expect(row).toHaveAttribute("data-send-state", "sent");
  await expect(row).toHaveAttribute("data-event-id", /^\$/);
  await painted(page);
  expect(await isMarked(row)).toBe(true);
  expect(await row.getAttribute("data-item-id")).toBe(id);
  expect(await row.boundingBox()).toEqual(place);
  expect(await dunlin.log.evaluate((log) => log.scrollTop)).toBe(scrolled);
});

test("the echo overtakes the answer: still one message, the same element", async ({ homeserver, begin }) => {
  const { dunlin, roomId } = await inRoom(homeserver, begin);
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  homeserver.faults.add({ on: { method: "PUT", path: send }, do: { holdAnswer: held }, times: 1 });
  await dunlin.send("ahead of its answer");
  const row = dunlin.log.locator('[data-kind="message"]');
  await mark(row.first());
  await expect(row).toHaveAttribute("data-event-id", /^\$/);
  await expect(row).toHaveAttribute("data-send-state", "sent");
  answer();
  await dunlin.send("and the next");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(2);
  await expect(row).toHaveCount(2);
  expect(await isMarked(row.first())).toBe(true);
  expect(bodiesOf(homeserver.world.events(roomId))).toEqual(["ahead of its answer", "and the next"]);
});

test("an answer lost after the server took the message makes no second one", async ({
  homeserver,
  begin,
}) => {
  const { dunlin, roomId } = await inRoom(homeserver, begin);
  homeserver.faults.add({ on: { method: "PUT", path: send }, do: { answerLost: true }, times: 1 });
  await dunlin.send("taken, but nobody said so");
  await dunlin.send("the next");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(2);
  await expect(dunlin.log.locator('[data-kind="message"]')).toHaveCount(2);
  expect(bodiesOf(homeserver.world.events(roomId))).toEqual(["taken, but nobody said so", "the next"]);
});

test("a server that asks for patience or has trouble gets the same message again, in order", async ({
  homeserver,
  begin,
}) => {
  const { dunlin, roomId } = await inRoom(homeserver, begin);
  const on = { method: "PUT", path: send };
  const limited = homeserver.faults.add({ on, do: { limited: { retryAfterMs: 300 } }, times: 1 });
  const trouble = homeserver.faults.add({
    on,
    do: { status: { code: 502, body: "<h1>Bad Gateway" } },
    times: 1,
  });
  await dunlin.send("through trouble");
  await dunlin.send("behind it");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(2);
  expect([limited.hits, trouble.hits]).toEqual([1, 1]);
  expect(bodiesOf(homeserver.world.events(roomId))).toEqual(["through trouble", "behind it"]);
  const paths = homeserver.wire.requests.filter(({ path }) => send.test(path)).map(({ path }) => path);
  // The same transaction id each time, and one in flight: the second came only when the first was through.
  expect(new Set(paths).size).toBe(2);
  expect(paths.indexOf(paths.at(-1) ?? "")).toBe(paths.length - 1);
});

test.describe("on a server that omits transaction_id", () => {
  test.use({ omitTransactionId: true });

  test("each message stands once, under the id it had from the start", async ({ homeserver, begin }) => {
    const { dunlin, roomId } = await inRoom(homeserver, begin);
    await dunlin.send("without a number");
    const row = dunlin.log.locator('[data-kind="message"]', { hasText: "without a number" });
    await mark(row.first());
    const id = await row.first().getAttribute("data-item-id");
    await expect(row).toHaveAttribute("data-event-id", /^\$/);
    await dunlin.send("and another");
    await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(2);
    await expect(row).toHaveCount(1);
    expect(await row.getAttribute("data-item-id")).toBe(id);
    expect(await isMarked(row)).toBe(true);
    expect(bodiesOf(homeserver.world.events(roomId))).toEqual(["without a number", "and another"]);
  });
});

test("a message whose echo has not come stays at the live end while one jumps to a message near it", async ({
  homeserver,
  begin,
  page,
}) => {
  const { dunlin, roomId } = await inRoom(homeserver, begin);
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const hold = homeserver.faults.add({ on: { path: /\/sync$/ }, do: { holdBefore: promise } });
  // The question that the server has already is answered with this.
  homeserver.world.setTyping(roomId, ["ben"]);
  await expect.poll(() => hold.hits).toBe(1);
  const theirs = homeserver.world.sendMessage(roomId, "ben", "not told yet");
  await dunlin.send(`see https://matrix.to/#/${roomId}/${theirs}`);
  const mine = dunlin.log.locator('[data-kind="message"]', { hasText: "see " });
  await expect(mine).toHaveAttribute("data-send-state", "sent");
  await mine.getByRole("link").click();
  const target = dunlin.log.locator('[data-kind="message"]', { hasText: "not told yet" });
  await expect(target).toHaveAttribute("data-target", "true");
  await expect(mine).toHaveCount(1);
  await page.getByRole("button", { name: "Back to latest" }).click();
  await expect(target).toHaveCount(0);
  await dunlin.send("and the next");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(2);
  await expect(mine).toHaveCount(1);
  hold.remove();
  release();
  await expect(target).toBeVisible();
  const texts = bodiesOf(homeserver.world.events(roomId));
  const shown = dunlin.log.locator('[data-kind="message"]');
  await expect(shown).toHaveCount(texts.length);
  for (const [at, text] of texts.entries())
    await expect(shown.nth(at)).toContainText(String(text).slice(0, 4));
});
