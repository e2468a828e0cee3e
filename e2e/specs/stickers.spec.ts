import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/story.ts";

// Stickers: chosen, sent, answered with, kept and taken out again.

test("a sticker is found by keyboard, sent once without a connection, kept from others, and taken out again", async ({
  homeserver,
  begin,
  page,
}, testInfo) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const info = { w: 320, h: 240, mimetype: "image/png" };
  const picture = (seed: number) => world.uploadMedia(landscapePicture(seed, 320, 240), "image/png");
  const images = Object.fromEntries(
    ["dawn", "noon", "dusk", "storm", "fog", "calm"].map((name, seed) => [
      name,
      { url: picture(seed), body: `The bay at ${name}`, info },
    ]),
  );
  world.sendState(roomId, "ben", "m.room.image_pack", "bay", { images, pack: { display_name: "The bay" } });
  const asked = world.sendMessage(roomId, "ben", "How is it out there?");
  const theirs = world.sendMessage(
    roomId,
    "ben",
    { body: "A boat", url: picture(11), info },
    { type: "m.sticker" },
  );
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const open = page.getByRole("button", { name: "Emoji and stickers" });
  const dialog = page.getByRole("dialog", { name: "Emoji and stickers" });
  const sent = () =>
    world.events(roomId).filter(({ type, sender }) => type === "m.sticker" && /ana/.test(sender));

  // Emoji go into the text, at the cursor.
  await dunlin.composer.fill("Ahoy ");
  await open.click();
  await dialog.getByRole("searchbox").fill("sailboat");
  await page.keyboard.press("Enter");
  await expect(dunlin.composer).toHaveValue(/^Ahoy ⛵/);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(dunlin.composer).toBeFocused();
  await dunlin.composer.fill("");

  // Stickers go out by themselves, as the answer to what is answered.
  const question = dunlin.log.locator(`[data-event-id="${asked}"]`);
  await question.hover();
  await question.getByRole("button", { name: "Reply", exact: true }).click();
  homeserver.cut();
  await open.click();
  await dialog.getByRole("tab", { name: "Emoji" }).press("ArrowRight");
  await expect(dialog.getByRole("tab", { name: "Stickers" })).toHaveAttribute("aria-selected", "true");
  await expect(dialog.getByRole("gridcell")).toHaveCount(6);
  await expect(dialog.getByRole("rowgroup", { name: "The bay" })).toBeVisible();
  for (const image of await dialog.locator("img").all())
    await expect(image).toHaveJSProperty("complete", true);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await testInfo.attach(`picker-${colorScheme}`, {
      body: await page.screenshot(),
      contentType: "image/png",
    });
    await expectNoViolations(page, `the sticker picker, ${colorScheme}`);
  }
  await dialog.getByRole("searchbox", { name: "Search stickers" }).fill("nothing like it");
  await expect(dialog.getByText("No stickers found")).toBeVisible();
  await dialog.getByRole("searchbox", { name: "Search stickers" }).fill("");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(dialog.getByRole("button", { name: "The bay at noon" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  const mine = dunlin.log.locator('[data-kind="message"]').last();
  await expect(mine.getByRole("img", { name: "The bay at noon" })).toBeVisible();
  await expect(mine).toContainText("How is it out there?");
  await expect(mine).toHaveAttribute("data-send-state", /queued|sending/);
  homeserver.faults.add({ on: { method: "PUT", path: /m\.sticker/ }, do: { answerLost: true }, times: 1 });
  homeserver.mend();
  await expect(mine).toHaveAttribute("data-send-state", /sent|none/);
  expect(sent()).toHaveLength(1);
  expect(sent()[0]?.content).toMatchObject({
    ...{ body: "The bay at noon", info, url: images["noon"]?.url },
    "m.relates_to": { "m.in_reply_to": { event_id: asked } },
  });

  // Ben's is kept, found by its words, and goes again by the Delete key.
  const sticker = dunlin.log.locator(`[data-event-id="${theirs}"]`);
  await sticker.hover();
  await sticker.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Add to my stickers" }).click();
  await expect(page.getByText("Added to your stickers.")).toBeVisible();
  await open.click();
  const kept = dialog.getByRole("rowgroup", { name: "Your stickers" });
  await expect(kept.getByRole("button", { name: "A boat" })).toBeVisible();
  await dialog.getByRole("searchbox", { name: "Search stickers" }).fill("boat");
  await expect(dialog.getByRole("gridcell")).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Delete");
  await expect(kept).toHaveCount(0);
  await expect
    .poll(() => world.readAccountData("ana", null, "im.ponies.user_emotes"))
    .toEqual({ images: {} });

  // The same pictures among words, by their names.
  await page.keyboard.press("Escape");
  await dunlin.composer.fill("");
  await dunlin.composer.pressSequentially("Home by :daw");
  await expect(page.getByRole("option", { name: ":dawn:" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const words = dunlin.log.locator('[data-kind="message"]', { hasText: "Home by" });
  await expect(words.getByRole("img", { name: ":dawn:" })).toBeVisible();
  await expect
    .poll(() => world.events(roomId).at(-1)?.content["formatted_body"])
    .toContain(`<img data-mx-emoticon src="${images["dawn"]?.url}" alt=":dawn:"`);

  // Of two packs with the same name in them both can be had, and the preview shows which is which.
  world.sendState(roomId, "ben", "m.room.image_pack", "hill", {
    images: { dawn: { url: picture(21), body: "The hill at dawn", info } },
    pack: { display_name: "The hill" },
  });
  await dunlin.composer.pressSequentially("Here :daw");
  await page.getByRole("option", { name: "The hill at dawn · The hill" }).click();
  await dunlin.composer.pressSequentially("and there :daw");
  await page.getByRole("option", { name: "The bay at dawn · The bay" }).click();
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  const preview = page.getByRole("region", { name: "Preview" });
  for (const name of [":dawn:", ":dawn-2:"])
    await expect(preview.getByRole("img", { name, exact: true })).toHaveJSProperty("complete", true);
  const look = async (name: string): Promise<void> => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await testInfo.attach(`${name}-${colorScheme}`, {
        body: await page.screenshot(),
        contentType: "image/png",
      });
      await expectNoViolations(page, `${name}, ${colorScheme}`);
    }
  };
  await look("preview-of-emoji");
  await dunlin.composer.fill("");

  // And one is a reaction, as other clients write and show it.
  await question.hover();
  await question.getByRole("toolbar").getByRole("button", { name: "React" }).click();
  const react = page.getByRole("dialog", { name: "Add a reaction" });
  await react.getByRole("button", { name: "More emoji" }).click();
  await react.getByRole("searchbox").fill("dawn");
  await expect(react.getByRole("button", { name: "The bay at dawn · The bay" })).toBeVisible();
  await look("react-with-custom-emoji");
  await react.getByRole("button", { name: "The hill at dawn · The hill" }).click();
  await expect(question.locator("[data-reaction]").getByRole("img", { name: "dawn" })).toBeVisible();
  await expect
    .poll(() => world.events(roomId).findLast(({ type }) => type === "m.reaction")?.content)
    .toMatchObject({
      shortcode: ":dawn:",
      "m.relates_to": { event_id: asked, key: expect.stringMatching(/^mxc:/) },
    });
});
