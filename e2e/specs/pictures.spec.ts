import { readFileSync } from "node:fs";
import { bombPicture, landscapePicture } from "../homeserver/demo-pictures.ts";
import { expect, test } from "../pages/story.ts";

// Pictures in a room, and the viewer over it, by keyboard alone.

test("the viewer opens with Enter, walks with the arrows, zooms, and gives the focus back", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  for (const name of ["dawn", "noon", "dusk"]) {
    const url = world.uploadMedia(landscapePicture(name.length + name.charCodeAt(1)), "image/png");
    const info = { w: 480, h: 320, mimetype: "image/png" };
    world.sendMessage(roomId, "ben", { msgtype: "m.image", body: `${name}.png`, url, info });
  }
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const noon = dunlin.log.getByRole("button", { name: "Open photo noon.png" });
  // The space was there before a byte of it came.
  await expect.poll(async () => (await noon.boundingBox())?.height).toBe(320);
  await noon.focus();
  await page.keyboard.press("Enter");
  const viewer = page.getByRole("dialog", { name: "Photo viewer" });
  await expect(viewer.getByRole("img", { name: "noon.png" })).toBeVisible();
  await expect(viewer.getByText("2 of 3")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(viewer.getByRole("img", { name: "dusk.png" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(viewer.getByText("3 of 3")).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(viewer.getByRole("img", { name: "dawn.png" })).toBeVisible();
  await page.keyboard.press("+");
  await expect(viewer.getByRole("img", { name: "dawn.png" })).toHaveCSS("transform", /matrix\(1\.25/);
  await page.keyboard.press("0");
  await expect(viewer.getByRole("img", { name: "dawn.png" })).toHaveCSS(
    "transform",
    "matrix(1, 0, 0, 1, 0, 0)",
  );
  await page.keyboard.press("Escape");
  await expect(viewer).toHaveCount(0);
  await expect(noon).toBeFocused();
});

test("a picture that cannot be had says so in its place, and comes when asked again", async ({
  homeserver,
  begin,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const url = world.uploadMedia(landscapePicture(2), "image/png");
  const rule = faults.add({ on: { path: /\/media\// }, do: { status: { code: 404, body: "{}" } } });
  const info = { w: 480, h: 320 };
  world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "view.png", url, info });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const row = dunlin.log.locator('[data-kind="message"]');
  await expect(row).toContainText("This photo could not be loaded.");
  const height = (await row.boundingBox())?.height;
  rule.remove();
  await row.getByRole("button", { name: "Try again" }).click();
  const picture = row.getByRole("img", { name: "view.png" });
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(480);
  expect((await row.boundingBox())?.height).toBe(height);
});

test("what is no picture, whatever it claims, and what would burst are never decoded or run; the rest shows", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)"><script>alert(1)</script></svg>',
  );
  const html = Buffer.from("<!doctype html><script>alert(1)</script>");
  const send = (name: string, bytes: Uint8Array, mimetype: string, more: object = {}): string => {
    const url = world.uploadMedia(bytes, mimetype);
    const info = { w: 480, h: 320, mimetype, thumbnail_url: url };
    world.sendMessage(roomId, "ben", { msgtype: "m.image", body: name, url, info, ...more });
    return url;
  };
  send("drawing.svg", svg, "image/svg+xml");
  send("drawing.png", svg, "image/png");
  const htmlUrl = send("page.png", html, "image/png");
  send("bomb.png", bombPicture(), "image/png");
  send("film.mp4", svg, "video/mp4", { msgtype: "m.video" });
  send("song.mp3", html, "audio/mpeg", { msgtype: "m.audio" });
  const stickers = { "bad sticker": svg, "good sticker": landscapePicture(3) };
  for (const [body, bytes] of Object.entries(stickers)) {
    const content = { body, url: world.uploadMedia(bytes, "image/png"), info: { w: 480, h: 320 } };
    world.sendMessage(roomId, "ben", content, { type: "m.sticker" });
  }
  world.setProfile("ben", { avatarMxc: world.uploadMedia(svg, "image/svg+xml") });
  send("good.png", landscapePicture(1), "image/png");
  // All of it is on the screen at once.
  await page.setViewportSize({ width: 1200, height: 4000 });
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const row = (name: string) => dunlin.log.locator('[data-kind="message"]').filter({ hasText: name });
  for (const name of ["drawing.svg", "drawing.png", "page.png", "bad sticker"]) {
    await expect(row(name)).toContainText("This photo could not be loaded.");
    await expect(row(name).locator("img")).toHaveCount(0);
  }
  // Nothing decodes it; it can be saved.
  await expect(row("bomb.png")).toContainText("This photo has too many pixels to be shown here.");
  await expect(row("bomb.png").locator("img")).toHaveCount(0);
  const coming = page.waitForEvent("download");
  await row("bomb.png").getByRole("button", { name: /^Save/ }).click();
  expect(readFileSync(await (await coming).path())).toEqual(Buffer.from(bombPicture()));
  for (const [element, sentence] of [
    ["video", "This video could not be loaded."],
    ["audio", "This recording could not be loaded."],
  ] as const) {
    const player = dunlin.log.locator(element);
    await player.evaluate((media: HTMLMediaElement) => media.play().catch(() => undefined));
    await expect(dunlin.log.getByText(sentence)).toBeVisible();
    await expect(player).toHaveCount(0);
  }
  for (const name of ["good sticker", "good.png"]) {
    const shown = dunlin.log.getByRole("img", { name });
    await expect.poll(() => shown.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(480);
  }
  // Opened as a page of its own it would be saved, not shown.
  const headers = await page.evaluate(async (id) => {
    const asked = performance.getEntriesByType("resource").find(({ name }) => name.includes(id));
    const answer = await fetch(asked?.name ?? "it was never asked for");
    return ["content-type", "content-disposition", "content-security-policy"].map((name) =>
      answer.headers.get(name),
    );
  }, htmlUrl.split("/").at(-1)!);
  expect(headers).toEqual(["application/octet-stream", "attachment", "sandbox; default-src 'none'"]);
  await dunlin.send("still here");
  await expect(row("still here")).toBeVisible();
  expect(app.stderr()).not.toMatch(/error/i);
});
