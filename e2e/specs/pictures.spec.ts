import { landscapePicture } from "../homeserver/demo-pictures.ts";
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

test("a file that is no picture, whatever it claims, is not shown as one", async ({ homeserver, begin }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>';
  const html = "<!doctype html><script>alert(1)</script>";
  for (const [name, text, type] of [
    ["drawing.svg", svg, "image/svg+xml"],
    ["page.png", html, "image/png"],
  ] as const) {
    const url = world.uploadMedia(Buffer.from(text), type);
    world.sendMessage(roomId, "ben", { msgtype: "m.image", body: name, url, info: { mimetype: type } });
  }
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("This photo could not be loaded.")).toHaveCount(2);
});
