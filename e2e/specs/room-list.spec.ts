import type { Page } from "@playwright/test";
import { expect, test } from "../pages/story.ts";

// The list of rooms: large, by keyboard, and calm.

const rowNames = (page: Page): Promise<string[]> =>
  page
    .getByRole("navigation", { name: "Rooms" })
    .locator("[data-room-id]")
    .evaluateAll((rows) =>
      rows
        .filter((row) => row.getBoundingClientRect().top >= 0)
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((row) => row.querySelector(".name")?.textContent.trim() ?? ""),
    );

test("ten thousand rooms scroll, are found by name, and only few of them are in the page", async ({
  homeserver,
  begin,
  page,
}) => {
  test.setTimeout(300_000);
  const { world } = homeserver;
  const start = world.now() - 10_000 * 60_000;
  for (let index = 0; index < 10_000; index += 1) {
    world.at(start + index * 60_000, () =>
      world.createRoom({ creator: "ana", name: `Room ${String(index).padStart(5, "0")}` }),
    );
  }
  const { dunlin } = await begin();
  // Ten thousand rooms take a busy machine a while.
  await expect(page.locator("html")).toHaveAttribute("data-connection", "live", { timeout: 200_000 });
  const rows = dunlin.rooms.locator("[data-room-id]");
  await expect(dunlin.rooms.getByText("Room 09999")).toBeVisible();
  expect(await rows.count()).toBeLessThan(60);
  await dunlin.rooms.getByRole("searchbox").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await expect(dunlin.rooms.getByText("Room 00000")).toBeInViewport();
  await expect(page.locator(":focus")).toContainText("Room 00000");
  expect(await rows.count()).toBeLessThan(60);
  await page.keyboard.press("PageUp");
  await expect(page.locator(":focus")).toContainText(/Room 000[12]\d/);
  await page.keyboard.press("Control+Shift+k");
  await page.keyboard.type("room 04321");
  await expect(rows).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Room 04321", level: 1, exact: true })).toBeVisible();
  await expect(dunlin.composer).toBeFocused();
  // The list is whole again, with the open room in sight.
  await expect(dunlin.rooms.getByText("Room 04321")).toBeInViewport();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByRole("heading", { name: "Room 04320", level: 1, exact: true })).toBeVisible();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(page.getByRole("heading", { name: "Room 04321", level: 1, exact: true })).toBeVisible();
});

test("a room that was found opens, then the list is whole again; what is typed for the next one in that moment stays", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  for (const name of ["Harbour", "Pier", "Quay"]) world.createRoom({ creator: "ana", name });
  const { dunlin } = await begin();
  const rows = dunlin.rooms.locator("[data-room-id]");
  const field = dunlin.rooms.getByRole("searchbox");
  const heading = (name: string) => page.getByRole("heading", { name, level: 1, exact: true });
  await expect(rows).toHaveCount(3);
  await field.fill("har");
  await expect(rows).toHaveCount(1);
  await rows.click();
  await expect(heading("Harbour")).toBeVisible();
  await expect(rows).toHaveCount(3);
  await expect(field).toHaveValue("");
  await field.fill("pie");
  await expect(rows).toHaveCount(1);
  await rows.evaluate((row: HTMLElement) => {
    row.click();
    const field = document.querySelector<HTMLInputElement>('[role="searchbox"]');
    if (field === null) return;
    field.value = "qua";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await expect(heading("Pier")).toBeVisible();
  await expect(rows).toHaveText([/Quay/]);
  await expect(field).toHaveValue("qua");
});

test("rooms are reached by keyboard: one tab stop, arrows, Enter, unread ones by Alt+Shift", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const start = world.now() - 600_000;
  const rooms = ["Delta", "Charlie", "Bravo", "Alpha"].map((name, index) =>
    world.at(start + index * 1000, () => world.createRoom({ creator: "ben", members: ["ana"], name })),
  );
  world.at(start + 500, () => world.sendMessage(rooms[0] ?? "", "ben", "read me"));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await expect.poll(() => rowNames(page)).toEqual(["Alpha", "Bravo", "Charlie", "Delta"]);
  await expect(
    dunlin.rooms.locator('[data-room-id][tabindex="0"], [data-row-key][tabindex="0"]'),
  ).toHaveCount(1);
  await page.keyboard.press("Control+Shift+k");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(":focus")).toContainText("Alpha");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(":focus")).toContainText("Bravo");
  await expect(dunlin.rooms.locator('[data-room-id][tabindex="0"]')).toContainText("Bravo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Bravo", level: 1, exact: true })).toBeVisible();
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await expect(page.getByRole("heading", { name: "Delta", level: 1, exact: true })).toBeVisible();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByRole("heading", { name: "Alpha", level: 1, exact: true })).toBeVisible();
});

test("while a long absence is caught up with, the rows keep their places and move once", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const start = world.now() - 3_600_000;
  const rooms = Array.from({ length: 120 }, (_, index) =>
    world.at(start + index * 1000, () =>
      world.createRoom({ creator: "ben", members: ["ana"], name: `Room ${String(index).padStart(3, "0")}` }),
    ),
  );
  let latest = world.now() - 1000;
  const { app, dunlin } = await begin();
  await dunlin.connection("live");
  await app.stop();
  // The other way round: the list is to be turned upside down.
  for (const roomId of rooms.toReversed())
    world.sendMessage(roomId, "ben", "meanwhile", { originServerTs: ++latest });
  let answer = (): void => {};
  const late = new Promise<void>((resolve) => (answer = resolve));
  faults.add({ on: { path: /\/sync$/ }, do: { holdBefore: late }, times: 1 });
  await page.goto("about:blank");
  await begin();
  await dunlin.connection("catching-up");
  await expect(dunlin.rooms.getByText("Room 119")).toBeVisible();
  // Every different order that was ever in the page, noted after each frame.
  const orders = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const rows = [...document.querySelectorAll("nav [data-room-id]")].map((row) => ({
        top: row.getBoundingClientRect().top,
        id: row.getAttribute("data-room-id"),
      }));
      const order = JSON.stringify(rows.sort((a, b) => a.top - b.top).map(({ id }) => id));
      if (seen.at(-1) !== order) seen.push(order);
      requestAnimationFrame(() => channel.port2.postMessage(null));
    };
    channel.port2.postMessage(null);
    return seen;
  });
  answer();
  await dunlin.connection("live");
  await expect(dunlin.row(rooms[0] ?? "")).toHaveAttribute("data-unread", "1");
  expect((await orders.evaluate((seen) => seen)).length).toBeLessThanOrEqual(2);
});

test("at the first sync rooms show as they come, with a word of what goes on", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  for (let index = 0; index < 1000; index += 1)
    world.createRoom({ creator: "ana", name: `Room ${String(index).padStart(4, "0")}` });
  faults.add({ on: { path: /\/sync$/ }, do: { slowBody: 1_500_000 }, times: 1 });
  // After every frame: was there a room in the list while the first sync was not over?
  await page.addInitScript(() => {
    const seen = new Set<string>();
    Object.assign(window, { seenByTest: seen });
    const look = (): void => {
      const rooms = document.querySelectorAll("nav [data-room-id]").length > 0 ? "some" : "none";
      seen.add(`${document.documentElement.dataset["connection"] ?? ""} ${rooms}`);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const { dunlin } = await begin();
  await expect(page.getByRole("heading", { name: "Getting your rooms…" })).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Getting your rooms…" })).toBeVisible();
  await dunlin.connection("live");
  await expect(dunlin.rooms.locator("[data-room-id]").first()).toBeVisible();
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  const seen = await page.evaluate(() => [...(window as unknown as { seenByTest: Set<string> }).seenByTest]);
  expect(seen).toContain("catching-up none");
  expect(seen).toContain("catching-up some");
});

test("sections fold by keyboard and stay folded, and the width of the list is kept", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.createRoom({ creator: "ana", members: ["ben"], isDirect: true });
  const roomId = world.createRoom({ creator: "ana", name: "Harbour" });
  const { app, dunlin } = await begin();
  const people = dunlin.rooms.getByRole("button", { name: "People" });
  await expect(people).toHaveAttribute("aria-expanded", "true");
  await expect(dunlin.rooms.locator("[data-room-id]")).toHaveCount(2);
  await people.focus();
  await page.keyboard.press("Enter");
  await expect(people).toHaveAttribute("aria-expanded", "false");
  await expect(dunlin.rooms.locator("[data-room-id]")).toHaveCount(1);
  const splitter = page.getByRole("separator", { name: "Width of the room list" });
  await expect(splitter).toHaveAttribute("aria-valuenow", "280");
  await splitter.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(splitter).toHaveAttribute("aria-valuenow", "328");
  await page.keyboard.press("End");
  await expect(splitter).toHaveAttribute("aria-valuenow", "420");
  await page.keyboard.press("ArrowLeft");
  await expect(splitter).toHaveAttribute("aria-valuenow", "412");
  await page.reload();
  await expect(splitter).toHaveAttribute("aria-valuenow", "412");
  await app.kill();
  await begin();
  await expect(splitter).toHaveAttribute("aria-valuenow", "412");
  await expect(people).toHaveAttribute("aria-expanded", "false");
  await expect(dunlin.row(roomId)).toBeVisible();
  const box = await dunlin.rooms.boundingBox();
  expect(box?.width).toBe(412);
});
