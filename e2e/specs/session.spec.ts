import { bodiesOf } from "../pages/events.ts";
import { AppPage } from "../pages/app-page.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// One session, however often the page is opened, and what is left when the server ends it.

test("a soft sign-out keeps rooms, drafts and unsent words, and signing in again goes on", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  world.sendMessage(roomId, "ben", "before it ended");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.connection("live");
  let go = (): void => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  faults.add({ on: { method: "PUT", path: /\/send\// }, do: { holdBefore: held }, times: 1 });
  await dunlin.send("on its way");
  await dunlin.composer.fill("half written");
  await dunlin.rooms.getByRole("searchbox").focus();
  world.expireToken("ana", "soft");
  go();
  await dunlin.connection("signed-out-soft");
  await expect(page.getByRole("heading", { name: "Sign in again" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Username" })).toHaveAttribute("readonly");
  await page.getByRole("textbox", { name: "Password" }).fill("password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("before it ended")).toBeVisible();
  await expect(dunlin.composer).toHaveValue("half written");
  await expect(dunlin.log.locator('[data-kind="message"]', { hasText: "on its way" })).toHaveAttribute(
    "data-send-state",
    "sent",
  );
  expect(bodiesOf(world.events(roomId))).toEqual(["before it ended", "on its way"]);
});

test("a session the server ended is over here too, and says so", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.connection("live");
  world.expireToken("ana", "hard");
  await dunlin.connection("signed-out");
  await expect(
    page.getByRole("status").filter({ hasText: "The server has ended your session." }),
  ).toBeVisible();
  await expect(page.getByText("Harbour")).toHaveCount(0);
});

test("an expired token is renewed without a word", async ({ homeserver, begin }) => {
  const { world, wire } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.connection("live");
  world.expireToken("ana", "refreshable");
  await wire.waitFor(({ path, status }) => path.endsWith("/refresh") && status === 200);
  world.sendMessage(roomId, "ben", "after the renewal");
  await expect(dunlin.log.getByText("after the renewal")).toBeVisible();
  await dunlin.send("and back");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1);
});

test(
  "of two pages the newer takes over, and the older says so and can take it back",
  headlessOnly("two pages of one app"),
  async ({ homeserver, begin, context, page, cleanPages }) => {
    const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
    const { app, dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    const second = await context.newPage();
    cleanPages(second);
    await second.goto(app.url);
    const other = new AppPage(second);
    await other.openRoom("Harbour", roomId);
    await expect(page.getByRole("alert")).toContainText("Dunlin is open in another window now.");
    await other.send("from the newer page");
    await expect(other.log.locator('[data-send-state="sent"]')).toHaveCount(1);
    await page.reload();
    await expect(dunlin.log.getByText("from the newer page")).toBeVisible();
    await expect(second.getByRole("alert")).toContainText("Dunlin is open in another window now.");
  },
);

test(
  "a reload keeps the room; a page whose core is gone says so and comes back with it",
  headlessOnly("a window ends with its core"),
  async ({ homeserver, begin, page }) => {
    const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
    homeserver.world.sendMessage(roomId, "ana", "some words");
    const { app, dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    await page.reload();
    await expect(page.getByRole("heading", { name: "Harbour", level: 1, exact: true })).toBeVisible();
    await expect(dunlin.log.getByText("some words")).toBeVisible();
    await app.kill();
    await expect(page.getByText("Dunlin's core is not answering. Connecting again…")).toBeVisible();
    await dunlin.composer.fill("typed while it was gone");
    await expect(dunlin.composer).toHaveValue("typed while it was gone");
  },
);

test("without a network after a session: rooms, history and writing are there, and the words leave later", async ({
  homeserver,
  begin,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  world.sendMany(roomId, 15, (index) => ({ sender: "ben", content: `talk ${index}` }));
  const { app, dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await app.kill();
  homeserver.cut();
  await begin();
  await dunlin.connection("offline");
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("talk 14")).toBeVisible();
  await dunlin.send("from the cellar");
  await expect(dunlin.log.locator('[data-send-state="queued"]')).toHaveCount(1);
  homeserver.mend();
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1, { timeout: 60_000 });
  await dunlin.connection("live");
  expect(bodiesOf(world.events(roomId)).at(-1)).toBe("from the cellar");
});

test.describe("in a window of 600 px", () => {
  test.use({ viewport: { width: 600, height: 800 } });

  test("list and room alternate, and nothing is cut off", async ({ homeserver, begin, page }) => {
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
    const { dunlin } = await begin();
    await dunlin.connection("live");
    await expect(dunlin.rooms).toBeVisible();
    await expect(dunlin.log).toHaveCount(0);
    await dunlin.row(roomId).click();
    await expect(dunlin.log).toBeVisible();
    await expect(dunlin.rooms).toBeHidden();
    await dunlin.send("in a small window");
    await page.getByRole("button", { name: "Back to the list" }).click();
    await expect(dunlin.rooms).toBeVisible();
    await expect(dunlin.log).toHaveCount(0);
    await dunlin.row(roomId).click();
    await page.keyboard.press("Control+Shift+k");
    await expect(dunlin.rooms.getByRole("searchbox")).toBeFocused();
    const isCut = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(isCut).toBe(false);
    await page.setViewportSize({ width: 1000, height: 800 });
    await dunlin.row(roomId).click();
    await expect(dunlin.rooms).toBeVisible();
    await expect(dunlin.log).toBeVisible();
  });
});
