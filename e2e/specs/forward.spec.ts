import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../pages/story.ts";

// A message said again in other rooms.

test("a message is forwarded to two rooms, by keyboard, without a connection", async ({
  homeserver,
  begin,
}) => {
  const { world } = homeserver;
  const from = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const rooms = ["Garden", "Attic"].map((name) =>
    world.createRoom({ creator: "ana", members: ["ben"], name }),
  );
  world.sendMessage(from, "ben", "The boat is in");
  const { dunlin, page } = await begin();
  await dunlin.openRoom("Harbour", from);
  homeserver.cut();
  const row = dunlin.log.locator('[data-kind="message"]', { hasText: "The boat is in" });
  await row.hover();
  await row.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Forward…" }).click();
  const dialog = page.getByRole("dialog", { name: "Forward to" });
  await expect(dialog).toContainText("Ben The boat is in");
  const field = dialog.getByRole("combobox");
  await expect(field).toBeFocused();
  await expect(dialog.getByRole("button", { name: "Forward", exact: true })).toBeDisabled();
  for (const name of ["gard", "att"]) {
    await field.fill(name);
    await field.press("Enter");
  }
  await expect(dialog.getByRole("status")).toHaveText("To Garden and Attic");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await dialog.getByRole("button", { name: "Forward to 2 rooms" }).click();
  await expect(dialog).toHaveCount(0);
  for (const [at, name] of (["Garden", "Attic"] as const).entries()) {
    await dunlin.openRoom(name, rooms[at] ?? "");
    await expect(dunlin.log.locator('[data-kind="message"]')).toHaveText([/The boat is in/]);
  }
  homeserver.mend();
  for (const roomId of rooms)
    await expect
      .poll(() => world.events(roomId).at(-1)?.content)
      .toEqual({ msgtype: "m.text", body: "The boat is in", "m.mentions": {} });
});

test("a message of ours that is not sent yet is forwarded, and arrives in both rooms", async ({
  homeserver,
  begin,
}) => {
  const { world } = homeserver;
  const from = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const garden = world.createRoom({ creator: "ana", members: ["ben"], name: "Garden" });
  const { dunlin, page } = await begin();
  await dunlin.openRoom("Harbour", from);
  homeserver.cut();
  await dunlin.composer.fill("Not sent yet");
  await dunlin.composer.press("Enter");
  const row = dunlin.log.locator('[data-kind="message"]', { hasText: "Not sent yet" });
  await row.hover();
  await row.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Forward…" }).click();
  const dialog = page.getByRole("dialog", { name: "Forward to" });
  await dialog.getByRole("combobox").fill("gard");
  await dialog.getByRole("combobox").press("Enter");
  await dialog.getByRole("button", { name: "Forward", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(dunlin.log.locator('[data-kind="message"]')).toHaveText([/Not sent yet/]);
  homeserver.mend();
  for (const roomId of [from, garden])
    await expect
      .poll(() => world.events(roomId).filter(({ content }) => content["body"] === "Not sent yet"))
      .toHaveLength(1);
});
