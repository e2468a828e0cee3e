import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

test(
  "a room's pictures, files and links are listed, walked by keyboard, saved and copied; the viewer goes on to older ones",
  headlessOnly("a window asks the system's dialog for the file, and its clipboard is everybody's"),
  async ({ homeserver, begin, page, context }, testInfo) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
    const url = world.uploadMedia(landscapePicture(3), "image/png");
    const info = { w: 480, h: 320, size: landscapePicture(3).length, mimetype: "image/png" };
    const photo = (body: string): void =>
      void world.sendMessage(roomId, "ben", { msgtype: "m.image", body, url, info });
    photo("oldest.png");
    // Further back than what comes at first.
    for (let i = 0; i < 60; i++) world.sendMessage(roomId, "ben", `word ${i}`);
    photo("middle.png");
    const notes = world.uploadMedia(Buffer.from("words"), "text/plain");
    world.sendMessage(roomId, "ben", { msgtype: "m.file", body: "notes.txt", url: notes, info: { size: 5 } });
    world.sendMessage(roomId, "ben", "read https://example.org/harbour first");
    photo("newest.png");
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);

    await dunlin.log.getByRole("button", { name: "Open photo newest.png" }).click();
    const viewer = page.getByRole("dialog", { name: "Photo viewer" });
    await expect(viewer.getByRole("img", { name: "newest.png" })).toBeVisible();
    await page.keyboard.press("ArrowLeft");
    await expect(viewer.getByRole("img", { name: "middle.png" })).toBeVisible();
    await page.keyboard.press("ArrowLeft");
    await expect(viewer.getByRole("img", { name: "oldest.png" })).toBeVisible();
    await page.keyboard.press("ArrowLeft");
    await expect(viewer.locator(".said")).toHaveText("There is no older photo.");
    await viewer.getByRole("button", { name: "Copy picture" }).click();
    await expect(viewer.locator(".said")).toHaveText("Copied");
    const copied = await page.evaluate(async () =>
      (await navigator.clipboard.read()).flatMap(({ types }) => types),
    );
    expect(copied).toEqual(["image/png"]);
    await expectNoViolations(page, "viewer at its end");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Details" }).click();
    await page.getByRole("button", { name: "Media and files" }).click();
    const panel = page.getByRole("region", { name: "Media and files" });
    const pictures = panel.getByRole("list", { name: "Photos and videos" });
    await expect(pictures.getByRole("button")).toHaveCount(3);
    await expect(panel.getByText("That is all there is.")).toBeVisible();
    await pictures.getByRole("button").first().focus();
    await page.keyboard.press("ArrowRight");
    await expect(pictures.getByRole("button", { name: "Open photo middle.png" })).toBeFocused();
    await expectNoViolations(page, "media panel");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await testInfo.attach(colorScheme, { body: await page.screenshot(), contentType: "image/png" });
    }
    await page.keyboard.press("Enter");
    await expect(viewer.getByRole("img", { name: "middle.png" })).toBeVisible();
    await viewer.getByRole("button", { name: "Show in the room" }).click();
    await expect(dunlin.log.getByRole("button", { name: "Open photo middle.png" })).toBeVisible();

    await panel.getByRole("button", { name: "Files", exact: true }).click();
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      panel.getByRole("button", { name: "Save notes.txt" }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe("notes.txt");
    await panel.getByRole("button", { name: "Links", exact: true }).click();
    await expect(panel.getByRole("link", { name: "Open https://example.org/harbour" })).toBeVisible();
    await expectNoViolations(page, "links of a room");
  },
);
