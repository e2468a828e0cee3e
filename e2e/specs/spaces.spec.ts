import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../pages/story.ts";

// Spaces filter the list, are walked through and filled; the switcher finds rooms and people by a few letters.

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    const said = violations.map(
      ({ id, nodes }) => `${screen}: ${id} ${nodes.map(({ html }) => html).join(" ")}`,
    );
    expect(said).toEqual([]);
  }
}

test("a space shows its rooms alone, is browsed, joined from and filled", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const quay = world.createRoom({ creator: "ben", members: ["ana"], name: "Quay" });
  const hill = world.createRoom({ creator: "ben", members: ["ana"], name: "Hill" });
  const readable = { joinRule: "public", historyVisibility: "world_readable" };
  const market = world.createRoom({ creator: "ben", name: "Market", ...readable });
  world.sendMessage(market, "ben", "fresh fish");
  const town = world.createRoom({ creator: "ana", members: ["ben"], name: "Town", type: "m.space" });
  const via = ["dunlin.test"];
  world.sendState(town, "ana", "m.space.child", quay, { via });
  world.sendState(town, "ana", "m.space.child", market, { via, suggested: true });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const rail = page.getByRole("navigation", { name: "Spaces" });
  await expect(dunlin.row(town)).toHaveCount(0);
  await expect(dunlin.row(hill)).toBeVisible();
  await rail.getByRole("button", { name: "Town" }).click();
  await expect(dunlin.row(hill)).toHaveCount(0);
  await expect(dunlin.row(quay)).toBeVisible();
  await expectAccessible(page, "rail");
  await rail.getByRole("button", { name: "Town" }).click({ button: "right" });
  await page.getByRole("menuitem", { name: "What is in it" }).click();
  const dialog = page.getByRole("dialog", { name: "Rooms in Town" });
  await expect(dialog.locator(`[data-found-room="${market}"]`)).toContainText("Suggested");
  await dialog.getByRole("button", { name: "Look inside Market" }).click();
  const peek = page.getByRole("dialog", { name: "Market" });
  await expect(peek.getByText("fresh fish")).toBeVisible();
  await peek.getByRole("button", { name: "Close" }).last().click();
  await dialog.getByRole("button", { name: "Join Market" }).click();
  await expect(dialog.getByRole("button", { name: "Open Market" })).toBeVisible();
  await dialog.getByRole("button", { name: "Add rooms" }).click();
  await dialog.getByRole("button", { name: "Add Hill" }).click();
  await expect(dialog.getByRole("button", { name: "Open Hill" })).toBeVisible();
  await dialog.getByRole("button", { name: "Take out Quay" }).click();
  await expect(dialog.locator(`[data-found-room="${quay}"]`)).toHaveCount(0);
  await expectAccessible(page, "space");
  await page.keyboard.press("Escape");
  await expect(dunlin.row(market)).toBeVisible();
  await expect(dunlin.row(hill)).toBeVisible();
  await expect(dunlin.row(quay)).toHaveCount(0);
  // F6 goes from part to part: the messages, the spaces, the rooms.
  await rail.getByRole("button", { name: "Town" }).focus();
  await page.keyboard.press("F6");
  await expect(dunlin.rooms.locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Shift+F6");
  await expect(rail.getByRole("button", { name: "Town" })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(dunlin.row(quay)).toBeVisible();
});

test("a space is made, a room in it, and a space in that; leaving it brings all rooms back", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const other = world.createRoom({ creator: "ben", members: ["ana"], name: "Other" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const make = async (item: string, name: string): Promise<void> => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
    const dialog = page.getByRole("dialog", { name: item });
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("button", { name: /^Create the/ }).click();
    await expect(dialog).toHaveCount(0);
  };
  await make("New space", "Town");
  const rail = page.getByRole("navigation", { name: "Spaces" });
  await expect(rail.getByRole("button", { name: "Town" })).toHaveAttribute("aria-current", "true");
  await expect(dunlin.row(other)).toHaveCount(0);
  await expect(dunlin.rooms).toContainText("You are in no room of this space.");
  await make("New room", "Quay");
  await expect(dunlin.rooms.getByText("Quay")).toBeVisible();
  await make("New space", "Docks");
  await expect(rail.getByRole("button", { name: "Docks" })).toHaveAttribute("aria-current", "true");
  await rail.getByRole("button", { name: "Town" }).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Leave this space" }).click();
  await page.getByRole("dialog", { name: "Leave Town?" }).getByRole("button", { name: "Leave" }).click();
  await expect(rail.getByRole("button", { name: "Town" })).toHaveCount(0);
  await rail.getByRole("button", { name: "All rooms" }).click();
  await expect(dunlin.row(other)).toBeVisible();
});

test("the switcher opens rooms by a few letters, recent ones first, and begins chats", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const start = world.now() - 600_000;
  for (const [index, name] of ["Old harbour", "Hay market", "Zürich"].entries())
    world.at(start + index * 1000, () => world.createRoom({ creator: "ben", members: ["ana"], name }));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Switch room" });
  await expect(dialog.getByRole("combobox")).toBeFocused();
  await expect(dialog.getByRole("option")).toHaveText([/Zürich/, /Hay market/, /Old harbour/]);
  await page.keyboard.type("hm");
  await expect(dialog.getByRole("option")).toHaveText([/Hay market/]);
  await expectAccessible(page, "switcher");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Hay market", level: 1, exact: true })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zur");
  await expect(dialog.getByRole("option").first()).toContainText("Zürich");
  await dialog.getByRole("combobox").fill("ben");
  await expect(dialog.getByRole("option", { name: /@ben:dunlin.test/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Ben", level: 1, exact: true })).toBeVisible();
});

test("what is typed right after the switcher's shortcut is for the switcher, however late it comes", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  for (const name of ["Hay market", "Zürich"]) world.createRoom({ creator: "ana", name });
  const harbour = world.createRoom({ creator: "ana", name: "Old harbour" });
  const { promise: late, resolve: release } = Promise.withResolvers<void>();
  await page.route(/QuickSwitcher[^/]*\.js/, async (route) => {
    await late;
    await route.continue();
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("Old harbour", harbour);
  await dunlin.composer.focus();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zuu");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("r");
  await page.keyboard.press("Enter");
  await expect(dunlin.composer).toHaveValue("");
  release();
  await expect(page.getByRole("heading", { name: "Zürich", level: 1, exact: true })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(dunlin.composer).toHaveValue("");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("hay m");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Hay market", level: 1, exact: true })).toBeVisible();
});

test("a room made in a space one may not fill stays beside it; a space that refuses is told, and tried again", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  world.createRoom({ creator: "ben", members: ["ana"], name: "Club", type: "m.space" });
  const town = world.createRoom({ creator: "ana", name: "Town", type: "m.space" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const rail = page.getByRole("navigation", { name: "Spaces" });
  const dialog = page.getByRole("dialog", { name: "New room" });
  const openDialog = async (space: string, name: string): Promise<void> => {
    await rail.getByRole("button", { name: space }).click();
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: "New room" }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  };
  await openDialog("Club", "Bar");
  await expect(dialog).toContainText("It does not become part of Club");
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(page.getByRole("heading", { name: "Bar", level: 1, exact: true })).toBeVisible();
  expect(homeserver.wire.count("PUT", /m\.space\.child/)).toBe(0);
  await openDialog("Town", "Quay");
  await expect(dialog).toContainText("It becomes part of Town.");
  faults.add({
    on: { method: "PUT", path: /m\.space\.child/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "full" } },
    times: 1,
  });
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "It was created" })).toHaveText(
    "It was created, but it is not part of Town yet. The server does not allow this: “full”.",
  );
  await expectAccessible(page, "not in the space");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Quay", level: 1, exact: true })).toBeVisible();
  const children = world.events(town).filter(({ type }) => type === "m.space.child");
  expect(children.map(({ content }) => content)).toEqual([{ via: ["dunlin.test"] }]);
  expect(homeserver.wire.count("POST", /createRoom$/)).toBe(2);
});
