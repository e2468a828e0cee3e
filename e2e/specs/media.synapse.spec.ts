import type { Locator, Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { expect, test } from "../launch/fixtures.ts";
import { recorded } from "../pages/recorded.ts";
import { SynapseTown, type Seat } from "../pages/synapse-town.ts";
import { serverMessages } from "../synapse/server-history.ts";

// Pictures, films, voices and files between two clients of ours on a real Synapse that gives media to nobody without a
// token, and through deaths of the one that sends.

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});

let town: SynapseTown;
let ana: Seat;

test.beforeAll(async ({ browser }) => {
  town = await SynapseTown.open(browser);
  ana = await town.sitDown(town.ana);
});
test.afterAll(() => town?.close());

/** Larger than any thumbnail that is asked for. */
const picture = Buffer.from(landscapePicture(7, 1600, 1200));
const notes = Buffer.from("one\ntwo");
const widthOf = (img: Locator): Promise<number> =>
  img.evaluate((element: HTMLImageElement) => element.naturalWidth);

async function put(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles(files);
  const tray = page.getByRole("list", { name: "Files to send" });
  await expect(tray.locator('[data-tray-state="ready"]')).toHaveCount(files.length);
}

async function saved(page: Page, button: Locator): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return readFile(await download.path());
}

async function plays(media: Locator): Promise<void> {
  await expect
    .poll(() => media.evaluate((element: HTMLMediaElement) => element.currentTime))
    .toBeGreaterThan(0);
}

test("a picture, a file, a film and a voice arrive at the other client whole, shown small and saved as they were", async ({
  calls,
}) => {
  const roomId = await town.room("Media");
  const { page, log, composer } = ana.dunlin;
  await ana.dunlin.openRoom("Media", roomId);
  const film = await recorded(page, "video");
  await put(page, [
    { name: "quay.png", mimeType: "image/png", buffer: picture },
    { name: "notes.txt", mimeType: "text/plain", buffer: notes },
    { name: "waves.webm", mimeType: "video/webm", buffer: film },
  ]);
  await page.getByRole("textbox", { name: "Caption for quay.png" }).fill("The old quay");
  await composer.press("Enter");
  await page.getByRole("button", { name: "Record a voice message" }).click();
  await expect(page.getByRole("timer", { name: /Recording, 0:01/ })).toBeVisible();
  await page.getByRole("button", { name: "Send the recording" }).click();
  await expect(log.locator('[data-send-state="sent"][data-event-id]')).toHaveCount(4);

  // Ben has nothing of it yet: all he sees came over the network.
  const ben = await town.sitDown(town.ben);
  await ben.dunlin.openRoom("Media", roomId);
  const seen = ben.dunlin.log;
  await expect(seen.locator('[data-kind="message"]')).toHaveCount(4);
  const small = seen.getByRole("img", { name: "The old quay" });
  await expect.poll(() => widthOf(small)).toBeGreaterThan(100);
  expect(await widthOf(small)).toBeLessThanOrEqual(800);
  await seen.getByRole("button", { name: "Open photo The old quay" }).click();
  const viewer = ben.dunlin.page.getByRole("dialog", { name: "Photo viewer" });
  await expect.poll(() => widthOf(viewer.getByRole("img", { name: "The old quay" }))).toBe(1600);
  const save = viewer.getByRole("button", { name: "Save" });
  expect((await saved(ben.dunlin.page, save)).equals(picture)).toBe(true);
  await ben.dunlin.page.keyboard.press("Escape");
  expect(await saved(ben.dunlin.page, seen.getByRole("button", { name: "Save notes.txt" }))).toEqual(notes);
  await seen.locator("video").evaluate((element: HTMLVideoElement) => element.play());
  await plays(seen.locator("video"));
  const voice = seen.getByRole("group", { name: /^Voice message/ });
  await voice.getByRole("button", { name: "Play" }).click();
  await plays(voice.locator("audio"));

  // With its token, as nothing comes without one.
  const used = [...calls.used.keys()].filter((operation) => operation.includes("/media/"));
  expect(used.filter((operation) => operation.startsWith("GET /_matrix/client/v1/media/"))).not.toEqual([]);
  expect(used.filter((operation) => operation.startsWith("GET /_matrix/media/"))).toEqual([]);
});

test("killed when its file is there, and again when its event is, it is sent exactly once", async () => {
  const roomId = await town.room("Twice dead");
  await ana.dunlin.openRoom("Twice dead", roomId);
  await put(ana.dunlin.page, [{ name: "quay.png", mimeType: "image/png", buffer: picture }]);
  const upload = town.proxy.holdAnswers(/\/media\/v3\/upload/);
  const event = town.proxy.holdAnswers(/\/send\/m\.room\.message\//);
  const news = town.proxy.holdNews();
  await ana.dunlin.composer.press("Enter");
  await ana.dunlin.send("after it");
  await upload.given;
  await ana.dieAndRise(() => upload.release());
  await event.given;
  const last = await ana.dieAndRise(() => {
    event.release();
    news();
  });
  await last.openRoom("Twice dead", roomId);
  const sent = last.log.locator('[data-send-state="sent"][data-event-id]');
  await expect(sent).toHaveCount(2);
  await expect(sent.getByRole("img", { name: "quay.png" })).toBeVisible();
  const messages = await serverMessages(town.synapse.baseUrl, town.ben.accessToken, roomId);
  expect(messages.map(({ body }) => body)).toEqual(["quay.png", "after it"]);
});
