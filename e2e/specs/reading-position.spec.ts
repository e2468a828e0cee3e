import type { Homeserver } from "../homeserver/index.ts";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { stayed, watchPosition } from "../pages/frames.ts";
import { atRest, distanceToEnd, lineBeingRead, wheel } from "../pages/log-view.ts";
import { expect, test, type Story } from "../pages/story.ts";

// The line being read stays where it is, frame by frame, whatever happens above and below it.

/** Of different heights, so that no guess of a height is right by chance. */
const talk = (index: number) => ({
  sender: index % 7 === 3 ? "ana" : "ben",
  content: `talk ${index} ${"and so on ".repeat((index * 13) % 40)}`,
});

async function inLongRoom(homeserver: Homeserver, begin: () => Promise<Story>, count = 600) {
  const roomId = homeserver.world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  homeserver.world.sendMany(roomId, count, talk);
  const story = await begin();
  await story.dunlin.connection("live");
  await story.dunlin.openRoom("Harbour", roomId);
  await story.dunlin.log.press("End");
  await expect(story.dunlin.log.getByText(`talk ${count - 1} `)).toBeInViewport();
  await atRest(story.page, story.dunlin.log);
  return { ...story, roomId };
}

function gate(): { open: () => void; passed: Promise<void> } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

test("history that loads above does not move the line", async ({ homeserver, begin }) => {
  const { dunlin, page } = await inLongRoom(homeserver, begin);
  const late = gate();
  const rule = homeserver.faults.add({ on: { path: /\/messages$/ }, do: { holdBefore: late.passed } });
  // Up until what there is comes to its end, and the rest is on its way.
  await expect
    .poll(
      async () => {
        await wheel(page, dunlin.log, -1500);
        return dunlin.log.getAttribute("data-older");
      },
      { intervals: [100] },
    )
    .toBe("loading");
  await wheel(page, dunlin.log, -100_000);
  await wheel(page, dunlin.log, 300);
  const loaded = await dunlin.log.evaluate((log) => log.scrollHeight);
  const watched = await watchPosition(await lineBeingRead(dunlin.log));
  late.open();
  await expect.poll(() => dunlin.log.evaluate((log) => log.scrollHeight)).toBeGreaterThan(loaded + 1000);
  await atRest(page, dunlin.log);
  const positions = await watched.stop();
  expect(rule.hits).toBeGreaterThan(0);
  expect(stayed(positions), `it stood at ${positions.join(", ")} px`).toBe(true);
});

test("messages that arrive below, others' words and a picture's pixels do not move the line", async ({
  homeserver,
  begin,
}) => {
  const { dunlin, page, roomId } = await inLongRoom(homeserver, begin, 120);
  await wheel(page, dunlin.log, -1800);
  const watched = await watchPosition(await lineBeingRead(dunlin.log));
  const url = homeserver.world.uploadMedia(landscapePicture(3), "image/png");
  for (let index = 0; index < 5; index += 1) {
    homeserver.world.sendMessage(roomId, "ben", `below ${index}`);
    homeserver.world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "view.png", url });
  }
  homeserver.world.setTyping(roomId, ["ben"]);
  await expect(page.getByRole("button", { name: "Jump to latest, 10 new messages" })).toBeVisible();
  const positions = await watched.stop();
  expect(stayed(positions), `it stood at ${positions.join(", ")} px`).toBe(true);
  expect(await distanceToEnd(dunlin.log)).toBeGreaterThan(1000);
});

test("a picture above that loads late, or fails, does not move the line", async ({ homeserver, begin }) => {
  const { dunlin, page, roomId } = await inLongRoom(homeserver, begin, 30);
  const late = gate();
  homeserver.faults.add({ on: { path: /\/media\// }, do: { holdBefore: late.passed } });
  const url = homeserver.world.uploadMedia(landscapePicture(5, 900, 300), "image/png");
  const gone = "mxc://dunlin.test/there-is-no-such-file";
  // Neither says how large it is.
  homeserver.world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "wide.png", url });
  homeserver.world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "gone.png", url: gone });
  homeserver.world.sendMany(roomId, 9, (index) => ({ sender: "ben", content: `below ${index}` }));
  await expect(dunlin.log.getByText("below 8")).toBeInViewport();
  const watched = await watchPosition(dunlin.log.locator('[data-kind="message"]', { hasText: "below 0" }));
  late.open();
  const picture = dunlin.log.getByRole("img", { name: "wide.png" });
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  await expect(dunlin.log.getByText("This photo could not be loaded.")).toBeVisible();
  await atRest(page, dunlin.log);
  const positions = await watched.stop();
  expect(stayed(positions), `it stood at ${positions.join(", ")} px`).toBe(true);
  expect(await distanceToEnd(dunlin.log)).toBe(0);
});

test("words deleted above do not move the line", async ({ homeserver, begin }) => {
  const { dunlin, page, roomId } = await inLongRoom(homeserver, begin, 120);
  await wheel(page, dunlin.log, -1500);
  const line = await lineBeingRead(dunlin.log);
  const eventId = await line.getAttribute("data-event-id");
  const events = homeserver.world.events(roomId).filter(({ type }) => type === "m.room.message");
  const at = events.findIndex(({ event_id }) => event_id === eventId);
  const watched = await watchPosition(line);
  // The five just above it, most of them of several lines.
  for (const event of events.slice(at - 5, at)) homeserver.world.redact(roomId, "ben", event.event_id);
  await expect(dunlin.log.getByText("5 messages deleted")).toHaveCount(1);
  await atRest(page, dunlin.log);
  const positions = await watched.stop();
  expect(stayed(positions), `it stood at ${positions.join(", ")} px`).toBe(true);
});

test("a window that changes its size keeps the line at the top, and the end at the end", async ({
  homeserver,
  begin,
}) => {
  const { dunlin, page } = await inLongRoom(homeserver, begin, 200);
  expect(await distanceToEnd(dunlin.log)).toBe(0);
  await page.setViewportSize({ width: 800, height: 600 });
  await atRest(page, dunlin.log);
  expect(await distanceToEnd(dunlin.log)).toBe(0);

  await wheel(page, dunlin.log, -2500);
  const watched = await watchPosition(await lineBeingRead(dunlin.log));
  for (const [width, height] of [
    [720, 600],
    [1100, 600],
    [1100, 760],
    [900, 500],
  ] as const) {
    await page.setViewportSize({ width, height });
    await atRest(page, dunlin.log);
  }
  const positions = await watched.stop();
  expect(stayed(positions), `it stood at ${positions.join(", ")} px`).toBe(true);
});

test("the view sticks to the end only when it is at the end, and follows the writer there", async ({
  homeserver,
  begin,
}) => {
  const { dunlin, page, roomId } = await inLongRoom(homeserver, begin, 80);
  homeserver.world.sendMany(roomId, 6, (index) => talk(1000 + index));
  await expect(dunlin.log.getByText("talk 1005 ")).toBeInViewport();
  expect(await distanceToEnd(dunlin.log)).toBe(0);
  // A text that grows the composer takes its room from above, not from the end.
  await dunlin.composer.fill("line\n".repeat(12));
  await atRest(page, dunlin.log);
  expect(await distanceToEnd(dunlin.log)).toBe(0);
  await dunlin.composer.fill("");

  await wheel(page, dunlin.log, -700);
  homeserver.world.sendMessage(roomId, "ben", "somewhere below");
  await expect(page.getByRole("button", { name: /^Jump to latest, 1 new/ })).toBeVisible();
  await expect(dunlin.log.getByText("somewhere below")).not.toBeInViewport();
  await dunlin.send("my own words");
  await expect(dunlin.log.getByText("my own words")).toBeInViewport();
  await atRest(page, dunlin.log);
  expect(await distanceToEnd(dunlin.log)).toBe(0);
});

test("a step that stops just short of the end can be gone on with, both ways", async ({
  homeserver,
  begin,
}) => {
  const { dunlin, page } = await inLongRoom(homeserver, begin, 80);
  await wheel(page, dunlin.log, -8);
  expect(await distanceToEnd(dunlin.log)).toBe(8);
  await wheel(page, dunlin.log, 3);
  expect(await distanceToEnd(dunlin.log)).toBe(5);
  await wheel(page, dunlin.log, 100);
  expect(await distanceToEnd(dunlin.log)).toBe(0);
  await wheel(page, dunlin.log, -8);
  await wheel(page, dunlin.log, -8);
  expect(await distanceToEnd(dunlin.log)).toBe(16);
});

test("a room is found again where it was left", async ({ homeserver, begin }) => {
  const other = homeserver.world.createRoom({ creator: "ana", name: "Lighthouse" });
  const { dunlin, page, roomId } = await inLongRoom(homeserver, begin, 120);
  await wheel(page, dunlin.log, -1500);
  const line = await lineBeingRead(dunlin.log);
  const place = await line.boundingBox();
  await dunlin.openRoom("Lighthouse", other);
  await dunlin.openRoom("Harbour", roomId);
  await expect.poll(() => line.boundingBox()).toEqual(place);
});
