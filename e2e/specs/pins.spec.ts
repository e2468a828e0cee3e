import AxeBuilder from "@axe-core/playwright";
import type { AppPage } from "../pages/app-page.ts";
import { expect, test } from "../pages/story.ts";

// Pinned messages: what a room keeps at hand for everybody.

async function choose(dunlin: AppPage, text: string, item: string): Promise<void> {
  const row = dunlin.log.locator('[data-kind="message"]', { hasText: text }).last();
  await row.hover();
  await row.getByRole("toolbar").getByRole("button", { name: "More actions" }).click();
  await dunlin.page.getByRole("menuitem", { name: item, exact: true }).click();
}

test("a message is pinned, found again from the bar and the list, and taken down", async ({
  homeserver,
  begin,
}, testInfo) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const old = world.sendMessage(roomId, "ben", "The key hangs behind the door");
  for (let i = 0; i < 150; i++) world.sendMessage(roomId, "ben", `Wave ${i}`);
  world.sendMessage(roomId, "ben", "We sail at noon");
  world.sendState(roomId, "ben", "m.room.power_levels", "", {
    ...world.events(roomId).findLast(({ type }) => type === "m.room.power_levels")?.content,
    events: { "m.room.pinned_events": 0 },
  });
  const { dunlin, page } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const bar = page.getByRole("region", { name: "Pinned in this room" });
  await expect(bar).toHaveCount(0);
  await choose(dunlin, "We sail at noon", "Pin");
  await expect(bar).toContainText("We sail at noon");
  await expect(dunlin.log.getByText("You pinned a message")).toBeVisible();

  // Ben pins one that is far back: it is fetched for its words, and found in the room.
  world.sendState(roomId, "ben", "m.room.pinned_events", "", {
    pinned: [...(world.events(roomId).at(-1)?.content["pinned"] as string[]), old],
  });
  await expect(bar).toContainText("Pinned message 1 of 2");
  await expect(bar).toContainText("The key hangs behind the door");
  await bar.getByRole("button", { name: /Pinned message 1 of 2/ }).click();
  await expect(dunlin.log.locator(`[data-event-id="${old}"]`)).toBeInViewport();
  await expect(dunlin.log.locator("[data-target]")).toContainText("The key hangs");
  await expect(bar).toContainText("Pinned message 2 of 2");
  await expect(bar).toContainText("We sail at noon");

  await bar.getByRole("button", { name: "Pinned messages, 2" }).click();
  const list = page.getByRole("list", { name: "Pinned messages" });
  await expect(list.getByRole("listitem")).toHaveText([/The key hangs/, /We sail at noon/]);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await list.getByText("We sail at noon").click();
  await expect(dunlin.log.locator("[data-target]")).toContainText("We sail at noon");
  await list.getByRole("button", { name: "Unpin" }).first().click();
  await expect(list.getByRole("listitem")).toHaveText([/We sail at noon/]);
  await choose(dunlin, "We sail at noon", "Unpin");
  await expect(page.getByText("Nothing is pinned in this room")).toBeVisible();
  await expect(bar).toHaveCount(0);

  // Without a connection it is so at once, and goes out later; also of what is not sent yet.
  homeserver.cut();
  await choose(dunlin, "We sail at noon", "Pin");
  await expect(bar).toContainText("We sail at noon");
  await dunlin.send("All aboard");
  await choose(dunlin, "All aboard", "Pin");
  await expect(bar).toContainText("Pinned message 1 of 2 · not sent yet");
  await expect(bar).toContainText("All aboard");
  await expect(list.getByRole("listitem")).toHaveText([/All aboard.*not sent yet/, /We sail at noon/]);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await testInfo.attach(`unsent-pin-${colorScheme}`, {
      body: await page.screenshot(),
      contentType: "image/png",
    });
  }
  await list.getByText("All aboard").click();
  await expect(dunlin.log.locator("[data-target]")).toContainText("All aboard");
  homeserver.mend();
  await expect(bar).toContainText("All aboard");
  await expect(bar).not.toContainText("not sent yet");
  const words = (id: string) => world.events(roomId).find(({ event_id }) => event_id === id)?.content["body"];
  await expect
    .poll(() => ((world.state(roomId, "m.room.pinned_events")?.["pinned"] ?? []) as string[]).map(words))
    .toEqual(["We sail at noon", "All aboard"]);
  // What the server refuses afterwards is taken back, and says so.
  homeserver.cut();
  await choose(dunlin, "Wave 149", "Pin");
  await expect(bar).toContainText("Wave 149");
  homeserver.faults.add({
    on: { method: "PUT", path: /pinned_events/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  homeserver.mend();
  await expect(page.getByRole("alert").filter({ hasText: "did not take what was pinned" })).toBeVisible();
  await expect(bar).not.toContainText("Wave 149");
});

test("a pin of a reply that is not sent leads into its thread, as that of one that is does", async ({
  homeserver,
  begin,
}, testInfo) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  world.sendMessage(roomId, "ben", "Where do we eat?");
  const { dunlin, page } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const bar = page.getByRole("region", { name: "Pinned in this room" });
  const list = page.getByRole("list", { name: "Pinned messages" });
  const thread = page.getByRole("log", { name: "Thread", exact: true });
  const asked = thread.locator("[data-target]");
  async function replyAndPin(root: string, text: string): Promise<void> {
    const message = dunlin.log.locator('[data-kind="message"]', { hasText: root }).last();
    await message.hover();
    await message.getByRole("toolbar").getByRole("button", { name: "Reply in thread" }).click();
    const field = page.getByRole("textbox", { name: "Reply in thread", exact: true });
    // More than the panel holds, so that the pinned one has to be gone to.
    for (const words of [text, ...Array.from({ length: 30 }, (_, i) => `${root} ${i}`)]) {
      await field.fill(words);
      await field.press("Enter");
      await expect(field).toHaveValue("");
    }
    const row = thread.locator('[data-kind="message"]', { hasText: text });
    await thread.press("Home");
    await row.hover();
    await row.getByRole("toolbar").getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Pin", exact: true }).click();
    await expect(bar).toContainText(text);
  }
  homeserver.cut();
  await dunlin.connection("offline");
  await replyAndPin("Where do we eat?", "At the pier");
  await dunlin.send("A matter of its own");
  await replyAndPin("A matter of its own", "And settled soon");

  const leads = async (text: string): Promise<void> => {
    await expect(asked).toContainText(text);
    await expect(asked).toBeInViewport();
  };
  await page.locator("[data-panel]").getByRole("button", { name: "Close" }).click();
  await expect(thread).toHaveCount(0);
  await bar.getByRole("button", { name: /not sent yet/ }).click();
  await leads("And settled soon");
  // The bar has gone on to the other one, whose thread is another.
  await bar.getByRole("button", { name: /not sent yet/ }).click();
  await leads("At the pier");
  await testInfo.attach("unsent-pin-in-thread", { body: await page.screenshot(), contentType: "image/png" });
  // Read on and asked for again; and from the list.
  await expect(async () => {
    await thread.evaluate((log) => log.scrollTo(0, log.scrollHeight));
    await expect(asked).not.toBeInViewport({ timeout: 1_000 });
  }).toPass();
  await bar.getByRole("button", { name: "Pinned messages, 2" }).click();
  await list.getByText("At the pier").click();
  await leads("At the pier");

  homeserver.mend();
  await expect(bar).not.toContainText("not sent yet", { timeout: 60_000 });
  for (const text of ["And settled soon", "At the pier", "At the pier"]) {
    await bar.getByRole("button", { name: "Pinned messages, 2" }).click();
    await list.getByText(text).click();
    await leads(text);
  }
});

test("without the power to pin nothing offers it, and what was deleted says so", async ({
  homeserver,
  begin,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const gone = world.sendMessage(roomId, "ben", "Unspeakable words");
  world.sendMessage(roomId, "ben", "Good morning");
  world.sendState(roomId, "ben", "m.room.pinned_events", "", { pinned: [gone] });
  const { dunlin, page } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const bar = page.getByRole("region", { name: "Pinned in this room" });
  await expect(bar).toContainText("Unspeakable words");
  world.redact(roomId, "ben", gone);
  await expect(bar).toContainText("Message deleted");
  await expect(bar).not.toContainText("Unspeakable");
  await bar.getByRole("button", { name: "Pinned messages, 1" }).click();
  await expect(page.getByRole("list", { name: "Pinned messages" }).getByRole("listitem")).toHaveText([
    /Message deleted/,
  ]);
  await expect(page.getByRole("button", { name: "Unpin" })).toHaveCount(0);
  const row = dunlin.log.locator('[data-kind="message"]', { hasText: "Good morning" });
  await row.hover();
  await row.getByRole("button", { name: "More actions" }).click();
  await expect(page.getByRole("menuitem", { name: "Copy link" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Pin", exact: true })).toHaveCount(0);
});
