import { expect, headlessOnly, test } from "../pages/story.ts";
import { leaveWindow, returnToWindow } from "../pages/window-focus.ts";

// What waits to be read: counted in the list, marked in the room, gone when it was read.

test("messages and mentions are counted in the list until the room is read", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMessage(roomId, "ben", "one");
  const { dunlin } = await begin();
  const row = dunlin.row(roomId);
  await expect(row).toHaveAttribute("data-unread", "1");
  await expect(row).toHaveAttribute("data-highlight", "0");
  world.sendMessage(roomId, "ben", {
    msgtype: "m.text",
    body: "Ana: two",
    "m.mentions": { user_ids: ["@ana:dunlin.test"] },
  });
  await expect(row).toHaveAttribute("data-unread", "2");
  await expect(row).toHaveAttribute("data-highlight", "1");
  await expect(row).toHaveAccessibleName(/^Harbour.*2 unread messages, 1 mention/);
  await expect(page).toHaveTitle("(1) Dunlin");
  await dunlin.openRoom("Harbour", roomId);
  await expect(row).toHaveAttribute("data-unread", "0");
  await expect(row).toHaveAttribute("data-highlight", "0");
  await expect(page).toHaveTitle("Harbour · Dunlin");
});

test("read on another device is read here", async ({ homeserver, begin }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const last = world.sendMessage(roomId, "ben", "one");
  const { dunlin } = await begin();
  await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "1");
  world.receipt(roomId, "ana", last);
  await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "0");
});

test(
  "the New line stands where reading ended",
  headlessOnly("it listens to the WebSocket between page and core"),
  async ({ homeserver, begin, page }) => {
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
    const read = world.sendMany(roomId, 5, (index) => ({ sender: "ben", content: `known ${index}` }));
    world.receipt(roomId, "ana", read[4] ?? "");
    world.receipt(roomId, "ana", read[4] ?? "", "m.fully_read");
    world.sendMany(roomId, 3, (index) => ({ sender: "ben", content: `fresh ${index}` }));
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    const marker = dunlin.log.locator('[data-kind="read-marker"]');
    await expect(marker).toHaveText("New");
    const kinds = () =>
      dunlin.log
        .locator('[data-kind="message"], [data-kind="read-marker"]')
        .evaluateAll((rows) => rows.map((row) => row.querySelector(".words")?.textContent ?? "New"));
    await expect
      .poll(kinds)
      .toEqual([
        "known 0",
        "known 1",
        "known 2",
        "known 3",
        "known 4",
        "New",
        "fresh 0",
        "fresh 1",
        "fresh 2",
      ]);
    // It stays while one looks, although all is read now, and comes anew with what came while one was away.
    await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "0");
    await expect(marker).toHaveCount(1);
    await leaveWindow(page);
    world.sendMessage(roomId, "ben", "while away");
    await expect(dunlin.log.getByText("while away")).toBeVisible();
    await returnToWindow(page);
    await expect.poll(async () => (await kinds()).slice(-2)).toEqual(["New", "while away"]);
    await expect(marker).toHaveCount(1);
  },
);

test("above the end, what comes is counted on the button that leads there", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMany(roomId, 60, (index) => ({ sender: "ben", content: `talk ${index}` }));
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.connection("live");
  const jump = page.getByRole("button", { name: /^Jump to latest/ });
  const row = dunlin.row(roomId);
  await dunlin.log.press("End");
  await expect(dunlin.log.getByText("talk 59")).toBeInViewport();
  await expect(jump).toHaveCount(0);
  await expect(row).toHaveAttribute("data-unread", "0");
  await dunlin.log.hover();
  await page.mouse.wheel(0, -900);
  await expect(jump).toHaveAccessibleName("Jump to latest");
  world.sendMany(roomId, 3, (index) => ({ sender: "ben", content: `below ${index}` }));
  await expect(jump).toHaveAccessibleName("Jump to latest, 3 new messages");
  await expect(row).toHaveAttribute("data-unread", "3");
  await jump.click();
  await expect(dunlin.log.getByText("below 2")).toBeInViewport();
  await expect(jump).toHaveCount(0);
  await expect(row).toHaveAttribute("data-unread", "0");
});

test("the first new message is one click away, near or far, and a message can be marked as unread", async ({
  homeserver,
  begin,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const other = world.createRoom({ creator: "ana", members: ["ben"], name: "Garden" });
  const read = world.sendMessage(roomId, "ben", "The last one read");
  world.receipt(roomId, "ana", read);
  const first = world.sendMessage(roomId, "ben", "The first new one");
  // Far more than is loaded by itself, and little enough to be loaded at once.
  world.sendMany(roomId, 800, (index) => ({ sender: "ben", content: `Wave ${index}` }));
  world.receipt(other, "ana", world.sendMessage(other, "ben", "Known"));
  world.sendMany(other, 60, (index) => ({ sender: "ben", content: `Leaf ${index}` }));
  const { dunlin, page } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const jump = page.getByRole("button", { name: /^Jump to the first of more than \d+ new messages$/ });
  await jump.click();
  await expect(dunlin.log.locator(`[data-event-id="${first}"]`)).toBeInViewport();
  await expect(dunlin.log.locator("[data-target]")).toContainText("The last one read");
  await expect(jump).toHaveCount(0);
  await page.getByRole("button", { name: "Back to latest" }).click();

  const last = dunlin.log.locator('[data-kind="message"]').last();
  await last.hover();
  await last.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Mark as unread from here" }).click();
  const lastId = world.events(roomId).at(-1)?.event_id;
  await expect
    .poll(() => homeserver.wire.requests.findLast(({ path }) => path.endsWith("/m.marked_unread"))?.body)
    .toEqual({ unread: true, "org.dunlin.from": lastId });
  // What is new begins there at once, and it stays unread while one still looks at it.
  const shown = dunlin.log.locator('[data-kind="message"], [data-kind="read-marker"]');
  await expect(shown.nth(-2)).toHaveText("New");
  await expect(dunlin.row(roomId)).toHaveAccessibleName(/Marked as unread/);

  await dunlin.openRoom("Garden", other);
  const near = page.getByRole("button", { name: "Jump to the first of 60 new messages", exact: true });
  await near.click();
  await expect(dunlin.log.locator('[data-kind="read-marker"]')).toBeInViewport();
  await expect(dunlin.log.getByText("Leaf 0", { exact: true })).toBeInViewport();
  await expect(near).toHaveCount(0);
  // Coming back is reading again: the line stands where it was put, the mark is gone.
  await dunlin.openRoom("Harbour", roomId);
  await expect(shown.nth(-2)).toHaveText("New");
  await expect(dunlin.row(roomId)).not.toHaveAccessibleName(/Marked as unread/);
});

test("what the system refuses to copy is said, wherever it was asked for", async ({ homeserver, begin }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  world.sendMessage(roomId, "ben", "The boat is in");
  const { dunlin, page } = await begin();
  await page.evaluate(
    () =>
      (navigator.clipboard.writeText = () =>
        Promise.reject(new DOMException("Write permission denied.", "NotAllowedError"))),
  );
  await dunlin.openRoom("Harbour", roomId);
  const row = dunlin.log.locator('[data-kind="message"]');
  const refusal = page.getByText("This could not be copied.");
  await row.hover();
  await row.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Copy link", exact: true }).click();
  await expect(refusal).toBeVisible();
  await page.keyboard.press("Control+,");
  await page.getByRole("button", { name: "Diagnostics" }).click();
  const dialog = page.getByRole("dialog", { name: "Diagnostics" });
  await dialog.getByRole("button", { name: "Copy" }).click();
  await expect(dialog.getByText("This could not be copied.")).toBeVisible();
});

test(
  "a link to a message is copied in both forms, with servers that know the room",
  headlessOnly("the clipboard is a browser's to give"),
  async ({ homeserver, begin, context }) => {
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
    const eventId = world.sendMessage(roomId, "ben", "The boat is in");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { dunlin, page } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    const row = dunlin.log.locator('[data-kind="message"]');
    const copied = async (name: string): Promise<string> => {
      await page.evaluate(() => navigator.clipboard.writeText(""));
      await row.hover();
      await row.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name, exact: true }).click();
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe("");
      return page.evaluate(() => navigator.clipboard.readText());
    };
    const via = `?via=${homeserver.serverName}`;
    expect(await copied("Copy link")).toBe(
      `https://matrix.to/#/${roomId}/${encodeURIComponent(eventId).replace("%24", "$")}${via}`,
    );
    expect(await copied("Copy matrix: link")).toBe(
      `matrix:roomid/${roomId.slice(1)}/e/${encodeURIComponent(eventId.slice(1))}${via}`,
    );
  },
);
