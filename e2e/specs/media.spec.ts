import type { Locator, Page } from "@playwright/test";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import type { Homeserver } from "../homeserver/index.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { recorded } from "../pages/recorded.ts";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// Files from the composer to the room and back: picked, pasted, dropped, spoken; on their way, cancelled, refused.

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});

const UPLOAD = /\/media\/v3\/upload$/;
const harbour = ({ world }: Homeserver): string =>
  world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
const said = ({ world }: Homeserver, roomId: string) =>
  world.events(roomId).flatMap(({ type, content }) => (type === "m.room.message" ? [content] : []));
const picture = (name = "quay.png") => ({
  name,
  mimeType: "image/png",
  buffer: Buffer.from(landscapePicture(7)),
});
const fileField = (page: Page): Locator => page.locator('input[type="file"]');
const tray = (page: Page): Locator => page.getByRole("list", { name: "Files to send" });

async function plays(voice: Locator): Promise<void> {
  await voice.getByRole("button", { name: "Play" }).click();
  await expect
    .poll(() => voice.locator("audio").evaluate((audio: HTMLAudioElement) => audio.currentTime))
    .toBeGreaterThan(0);
}

/** How long the last sound that was uploaded is, by a decoder. */
function heardSeconds({ wire }: Homeserver, page: Page): Promise<number> {
  const body = wire.requests.filter(({ path }) => UPLOAD.test(path)).at(-1)?.body as Buffer;
  return page.evaluate(
    async (bytes) => {
      const { duration } = await new AudioContext().decodeAudioData(new Uint8Array(bytes).buffer);
      return duration;
    },
    [...body],
  );
}

test("a picked picture gets a caption, waits in the tray, and is sent with both, before the words", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await fileField(page).setInputFiles([picture(), picture("pier.png")]);
  await expect(tray(page).getByRole("listitem")).toHaveCount(2);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(2);
  await page.getByRole("textbox", { name: "Caption for quay.png" }).fill("The **old** quay");
  await expectNoViolations(page, "tray");
  await dunlin.composer.fill("Two of them");
  await page.keyboard.press("Enter");
  await expect(tray(page)).toHaveCount(0);
  await expect(dunlin.composer).toHaveValue("");
  await expect
    .poll(() => said(homeserver, roomId).map(({ body }) => body))
    .toEqual(["The **old** quay", "pier.png", "Two of them"]);
  const [first] = said(homeserver, roomId);
  expect(first).toMatchObject({
    msgtype: "m.image",
    filename: "quay.png",
    format: "org.matrix.custom.html",
    formatted_body: "The <strong>old</strong> quay",
    info: { mimetype: "image/png", w: 480, h: 320 },
  });
  expect((first!["info"] as Record<string, unknown>)["xyz.amorgan.blurhash"]).toMatch(/^.{28}$/);
  const shown = dunlin.log.getByRole("img", { name: "The **old** quay" });
  await expect.poll(() => shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(480);
  await expect(dunlin.log.locator("strong", { hasText: /^old$/ })).toBeVisible();
  // What was sent from here did not come back over the network.
  expect(homeserver.wire.count("GET", /\/media\/(?:download|thumbnail)\//)).toBe(0);
});

test("a pasted picture and a dropped file wait in the tray; what is taken out is not sent", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const bytes = [...landscapePicture(3)];
  await dunlin.composer.evaluate((field, data) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([new Uint8Array(data)], "image.png", { type: "image/png" }));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, bytes);
  await expect(tray(page)).toContainText("Pasted ");
  const drag = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["one\ntwo"], "notes.txt", { type: "text/plain" }));
    return data;
  });
  await page.locator("body").dispatchEvent("dragenter", { dataTransfer: drag });
  await expect(page.locator("[data-drop]")).toContainText("Drop files to send them here");
  await page.locator("body").dispatchEvent("drop", { dataTransfer: drag });
  await expect(page.locator("[data-drop]")).toHaveCount(0);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(2);
  await page.getByRole("button", { name: /^Remove Pasted/ }).click();
  await dunlin.composer.press("Enter");
  await expect
    .poll(() => said(homeserver, roomId))
    .toMatchObject([{ msgtype: "m.file", body: "notes.txt", info: { mimetype: "text/plain", size: 7 } }]);
});

test("the tray is there again after the app was killed", async ({ homeserver, begin, page }) => {
  const roomId = harbour(homeserver);
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await fileField(page).setInputFiles(picture());
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(1);
  await page.getByRole("textbox", { name: "Caption for quay.png" }).fill("kept");
  await page.getByRole("textbox", { name: "Caption for quay.png" }).blur();
  await expect
    .poll(() => page.evaluate(() => document.querySelector<HTMLInputElement>(".tray input")?.value))
    .toBe("kept");
  await page.reload();
  await app.kill();
  const again = await begin();
  await again.dunlin.openRoom("Harbour", roomId);
  await expect(page.getByRole("textbox", { name: "Caption for quay.png" })).toHaveValue("kept");
  await again.dunlin.composer.press("Enter");
  await expect.poll(() => said(homeserver, roomId).map(({ body }) => body)).toEqual(["kept"]);
});

test("a file on its way shows it, and can be cancelled; the words behind it go", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const held = Promise.withResolvers<void>();
  homeserver.faults.add({ on: { path: UPLOAD }, do: { holdBefore: held.promise } });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await fileField(page).setInputFiles(picture());
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(1);
  await dunlin.composer.press("Enter");
  await dunlin.composer.fill("behind it");
  await dunlin.composer.press("Enter");
  const row = dunlin.log.locator('[data-kind="message"]').filter({ has: page.getByRole("progressbar") });
  await expect(row.getByRole("progressbar", { name: /Uploading|Waiting/ })).toBeVisible();
  await expect(row).toHaveAttribute("data-send-state", "sending");
  await row.getByRole("button", { name: "Cancel sending" }).click();
  await expect(row).toHaveCount(0);
  await expect.poll(() => said(homeserver, roomId).map(({ body }) => body)).toEqual(["behind it"]);
  held.resolve();

  // The other way, too: a file that comes slowly says how far it is, and stops where one says so.
  const bytes = Buffer.alloc(300_000, "tide ");
  const url = homeserver.world.uploadMedia(bytes, "text/plain");
  const media = { url, info: { size: bytes.length, mimetype: "text/plain" } };
  homeserver.world.sendMessage(roomId, "ben", { msgtype: "m.file", body: "tides.txt", ...media });
  const download = { method: "GET", path: /\/media\/(?:v3\/)?download\// } as const;
  const slow = homeserver.faults.add({ on: download, do: { slowBody: 3_000 } });
  const save = dunlin.log.getByRole("button", { name: "Save tides.txt" });
  await save.click();
  const coming = dunlin.log.getByRole("progressbar", { name: / of / });
  await expect(coming).toBeVisible();
  await expect(coming).toHaveAttribute("aria-valuenow", /^[1-9]/);
  await dunlin.log.getByRole("button", { name: "Cancel the download" }).click();
  await expect(coming).toHaveCount(0);
  await expect(save).toBeVisible();
  slow.remove();
});

test("a file larger than the server takes is refused in the tray, with both sizes", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  homeserver.world.maxUploadBytes = 1000;
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await fileField(page).setInputFiles({ name: "big.bin", mimeType: "", buffer: Buffer.alloc(5000) });
  await expect(tray(page).getByRole("alert")).toHaveText(/This file is .*Your server takes .* at most\./);
  await dunlin.composer.fill("only words");
  await dunlin.composer.press("Enter");
  await expect.poll(() => said(homeserver, roomId).map(({ body }) => body)).toEqual(["only words"]);
  expect(homeserver.wire.count("POST", UPLOAD)).toBe(0);
});

test("a server that refuses a file says why under the message; Retry sends it", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const rule = homeserver.faults.add({ on: { path: UPLOAD }, do: { status: { code: 413, body: "no" } } });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await fileField(page).setInputFiles(picture());
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(1);
  await dunlin.composer.press("Enter");
  await expect(dunlin.log).toContainText("The file is larger than your server takes.");
  rule.remove();
  await dunlin.log.getByRole("button", { name: "Retry" }).click();
  await expect.poll(() => said(homeserver, roomId).length).toBe(1);
});

test("a voice message is recorded, sent with its waveform as the answer it is, and plays", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const question = homeserver.world.sendMessage(roomId, "ben", "Where are you?");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const row = dunlin.log.locator('[data-kind="message"]', { hasText: "Where are you?" });
  await row.hover();
  await row.getByRole("toolbar").getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByRole("button", { name: "Record a voice message" }).click();
  await expect(page.getByRole("timer", { name: /Recording, 0:01/ })).toBeVisible();
  await page.getByRole("button", { name: "Send the recording" }).click();
  await expect.poll(() => said(homeserver, roomId).length).toBe(2);
  const content = said(homeserver, roomId).at(-1);
  expect(content).toMatchObject({ msgtype: "m.audio", "org.matrix.msc3245.voice": {} });
  expect(content).toMatchObject({ "m.relates_to": { "m.in_reply_to": { event_id: question } } });
  await expect(page.getByText(/^Replying to/)).toHaveCount(0);
  const { waveform, duration } = content!["org.matrix.msc1767.audio"] as {
    waveform: number[];
    duration: number;
  };
  expect(duration).toBeGreaterThan(900);
  expect(waveform.length).toBeGreaterThan(10);
  expect(Math.max(...waveform)).toBeGreaterThan(0);
  const voice = dunlin.log.getByRole("group", { name: /^Voice message/ });
  await plays(voice);
});

test("a voice message whose room is left while it is spoken waits in its tray, also when the app is killed meanwhile", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const other = homeserver.world.createRoom({ creator: "ben", members: ["ana"], name: "Quay" });
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Record a voice message" }).click();
  await expect(page.getByRole("timer", { name: /Recording, 0:01/ })).toBeVisible();
  await dunlin.openRoom("Quay", other);
  await expect(page.getByRole("timer")).toHaveCount(0);
  await dunlin.openRoom("Harbour", roomId);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveText(/Voice message/);
  await page.getByRole("button", { name: "Remove Voice message" }).click();
  // Spoken on, and nobody comes to its end.
  await page.getByRole("button", { name: "Record a voice message" }).click();
  await expect(page.getByRole("timer", { name: /Recording, 0:05/ })).toBeVisible();
  await app.kill();
  const again = await begin();
  await again.dunlin.openRoom("Harbour", roomId);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveText(/Voice message/);
  await page.getByRole("textbox", { name: "Caption for Voice message" }).fill("from the quay");
  await page.keyboard.press("Enter");
  await expect
    .poll(() => said(homeserver, roomId))
    .toMatchObject([
      { msgtype: "m.audio", "org.matrix.msc3245.voice": {}, body: "from the quay", "m.mentions": {} },
    ]);
  await expect(again.dunlin.log.getByText("from the quay")).toBeVisible();
  // To the last second before the end, as long as it says, and once.
  const { duration } = said(homeserver, roomId)[0]!["org.matrix.msc1767.audio"] as { duration: number };
  expect(duration).toBeGreaterThan(4000);
  const voice = again.dunlin.log.getByRole("group", { name: /^Voice message/ });
  await expect(voice).toHaveCount(1);
  expect(await heardSeconds(homeserver, page)).toBeGreaterThan(duration / 1000 - 0.6);
  await plays(voice);
});

test("a reload in the middle of a voice message keeps it to the end, and it goes once", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Record a voice message" }).click();
  await expect(page.getByRole("timer", { name: /Recording, 0:02/ })).toBeVisible();
  await page.reload();
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveText(/Voice message/);
  await dunlin.composer.press("Enter");
  await expect(tray(page)).toHaveCount(0);
  await expect.poll(() => said(homeserver, roomId)).toMatchObject([{ msgtype: "m.audio" }]);
  expect(await heardSeconds(homeserver, page)).toBeGreaterThan(1);
  await page.reload();
  await expect(dunlin.log.getByRole("group", { name: /^Voice message/ })).toHaveCount(1);
  await expect(tray(page)).toHaveCount(0);
  expect(said(homeserver, roomId)).toHaveLength(1);
});

test("a microphone that is unplugged leaves what was said in the tray", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      addEventListener("unplugged", () => stream.getTracks().forEach((track) => track.stop()));
      return stream;
    };
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Record a voice message" }).click();
  await expect(page.getByRole("timer", { name: /Recording, 0:02/ })).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event("unplugged")));
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveText(/Voice message/);
  await expect(page.getByRole("timer")).toHaveCount(0);
  await dunlin.composer.press("Enter");
  await expect.poll(() => said(homeserver, roomId)).toMatchObject([{ msgtype: "m.audio" }]);
  expect(await heardSeconds(homeserver, page)).toBeGreaterThan(1);
});

test("a voice message waits in its account when another one is put on the screen while it is spoken", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.addUser("work", { displayName: "Ana at work" });
  const roomId = world.createRoom({ creator: "ben", members: ["ana", "work"], name: "Harbour" });
  const { app, dunlin } = await begin();
  const choose = async (name: string | RegExp): Promise<void> => {
    await page.getByRole("button", { name: /^Account / }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await dunlin.connection("live");
  await choose("Add account");
  await dunlin.signIn(homeserver.baseUrl, "work", "password");
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Record a voice message" }).click();
  await expect(page.getByRole("timer", { name: /Recording, 0:02/ })).toBeVisible();
  await choose(/^Ana \(/);
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.composer).toBeVisible();
  await expect(page.getByRole("timer")).toHaveCount(0);
  await expect(tray(page)).toHaveCount(0);
  await choose(/^Ana at work/);
  await dunlin.openRoom("Harbour", roomId);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveText(/Voice message/);
  await app.kill();
  const again = await begin();
  await again.dunlin.openRoom("Harbour", roomId);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveText(/Voice message/);
  await again.dunlin.composer.press("Enter");
  await expect.poll(() => said(homeserver, roomId)).toMatchObject([{ msgtype: "m.audio" }]);
  expect(await heardSeconds(homeserver, page)).toBeGreaterThan(1);
});

test("a caption names somebody with the list of people, and tells them", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = harbour(homeserver);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await fileField(page).setInputFiles({
    name: "plan.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.7"),
  });
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(1);
  await page.getByRole("textbox", { name: "Caption for plan.pdf" }).pressSequentially("for @be");
  await expect(page.getByRole("option", { name: /Ben/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Caption for plan.pdf" })).toHaveValue(/^for @Ben\s/);
  await expectNoViolations(page, "tray with a mention");
  await page.keyboard.press("Enter");
  const ben = homeserver.world.user("ben").userId;
  await expect
    .poll(() => said(homeserver, roomId))
    .toMatchObject([
      { msgtype: "m.file", filename: "plan.pdf", body: "for @Ben", "m.mentions": { user_ids: [ben] } },
    ]);
});

test("a film and a sound that were sent play in their place", async ({ homeserver, begin, page }) => {
  const roomId = harbour(homeserver);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const film = await recorded(page, "video");
  const sound = await recorded(page, "audio");
  await fileField(page).setInputFiles([
    { name: "waves.webm", mimeType: "video/webm", buffer: film },
    { name: "gulls.webm", mimeType: "audio/webm", buffer: sound },
  ]);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(2);
  await dunlin.composer.press("Enter");
  await expect.poll(() => said(homeserver, roomId).length).toBe(2);
  const [video, audio] = said(homeserver, roomId);
  expect(video).toMatchObject({ msgtype: "m.video", info: { w: 160, h: 90, mimetype: "video/webm" } });
  expect(video!["info"]).toHaveProperty("thumbnail_url");
  expect(audio).toMatchObject({ msgtype: "m.audio", info: { mimetype: "audio/webm" } });
  for (const kind of ["video", "audio"] as const) {
    const player = dunlin.log.locator(kind);
    await expect(player).toHaveAttribute("src", /\/media\//);
    await player.evaluate((media: HTMLMediaElement) => media.play());
    await expect
      .poll(() => player.evaluate((media: HTMLMediaElement) => media.currentTime))
      .toBeGreaterThan(0);
  }
});

test(
  "a file is saved under a safe name, a picture from the viewer",
  headlessOnly("a window asks the system's dialog for the file"),
  async ({ homeserver, begin, page }) => {
    const { world } = homeserver;
    const roomId = harbour(homeserver);
    const url = world.uploadMedia(Buffer.from("words"), "text/plain");
    world.sendMessage(roomId, "ben", { msgtype: "m.file", body: "../../notes.txt", url, info: { size: 5 } });
    const image = world.uploadMedia(landscapePicture(2), "image/png");
    const info = { w: 480, h: 320 };
    world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "view.png", url: image, info });
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      dunlin.log.getByRole("button", { name: /^Save / }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("notes.txt");
    await dunlin.log.getByRole("button", { name: "Open photo view.png" }).click();
    const viewer = page.getByRole("dialog", { name: "Photo viewer" });
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      viewer.getByRole("button", { name: "Save" }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe("view.png");
  },
);

test("a room gets a picture of one's own, and what is no picture is refused", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Details" }).click();
  const form = page.getByRole("form", { name: "About", exact: true });
  const field = form.locator('input[type="file"]');
  await field.setInputFiles({ name: "a.png", mimeType: "image/png", buffer: Buffer.from("<svg/>") });
  await expect(form.getByRole("alert")).toHaveText("This file is no picture that can be shown.");
  await field.setInputFiles(picture());
  await expect.poll(() => world.state(roomId, "m.room.avatar")?.["url"]).toMatch(/^mxc:/);
  await expect(form.getByRole("alert")).toHaveCount(0);
});

test("the caption of a sent picture is edited, and one that somebody else edited is shown; the picture stays", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = harbour(homeserver);
  const url = world.uploadMedia(landscapePicture(3), "image/png");
  const theirs = { msgtype: "m.image", filename: "pier.png", url, info: { w: 480, h: 320 } };
  const eventId = world.sendMessage(roomId, "ben", { ...theirs, body: "The peer" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("The peer")).toBeVisible();
  world.sendMessage(roomId, "ben", {
    ...{ ...theirs, body: "* The pier" },
    "m.new_content": { ...theirs, body: "The pier" },
    "m.relates_to": { rel_type: "m.replace", event_id: eventId },
  });
  await expect(dunlin.log.getByText("The pier", { exact: true })).toBeVisible();
  const pier = dunlin.log.getByRole("img", { name: "The pier" });
  await expect.poll(() => pier.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(480);

  await fileField(page).setInputFiles([picture()]);
  await expect(tray(page).locator('[data-tray-state="ready"]')).toHaveCount(1);
  await dunlin.composer.press("Enter");
  await expect.poll(() => said(homeserver, roomId)).toHaveLength(3);
  const sent = said(homeserver, roomId).at(-1)!;
  const row = dunlin.log
    .locator('[data-kind="message"]')
    .filter({ has: page.getByRole("img", { name: "quay.png" }) });
  await row.hover();
  await row.getByRole("toolbar").getByRole("button", { name: "Edit", exact: true }).click();
  await expect(page.getByText("Editing a caption")).toBeVisible();
  await expect(dunlin.composer).toHaveValue("");
  await dunlin.composer.fill("The *old* quay");
  await dunlin.composer.press("Enter");
  const quay = dunlin.log.getByRole("img", { name: "The *old* quay" });
  await expect.poll(() => quay.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(480);
  await expect
    .poll(() => said(homeserver, roomId).at(-1))
    .toMatchObject({
      ...{ msgtype: "m.image", url: sent["url"] },
      "m.new_content": {
        ...{ msgtype: "m.image", url: sent["url"], filename: "quay.png", info: sent["info"] },
        ...{ body: "The *old* quay", formatted_body: "The <em>old</em> quay" },
      },
    });
});
