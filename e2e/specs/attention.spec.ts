import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { recordNotifications, standing, type Recorded } from "../pages/shown-notifications.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";
import { leaveWindow } from "../pages/window-focus.ts";

// What asks for attention: why a room is unread, marks and mutes from its menu, notification rules, notifications of
// the page, who is there.

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
}

test("the room's menu says why it is unread, marks it, and mutes it", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  world.addUser("cleo", { displayName: "Cleo" });
  const roomId = world.createRoom({ creator: "ben", members: ["ana", "cleo"], name: "Harbour" });
  world.sendMessage(roomId, "ben", "the boat is in");
  world.sendMessage(roomId, "cleo", {
    msgtype: "m.text",
    body: "Ana, come",
    "m.mentions": { user_ids: ["@ana:dunlin.test"] },
  });
  const { dunlin } = await begin();
  const row = dunlin.row(roomId);
  await expect(row).toHaveAttribute("data-unread", "2");
  const menu = page.getByRole("menu", { name: "Menu of Harbour" });

  await row.click({ button: "right" });
  await expect(menu).toBeVisible();
  await expectAccessible(page);
  await menu.getByRole("menuitem", { name: "Why is this unread?" }).click();
  const why = page.getByRole("dialog", { name: "Why is Harbour unread?" });
  await expect(why.getByRole("listitem")).toHaveText([
    /Cleo.*Ana, come.*mentions you/,
    /Ben.*the boat is in.*message in a group/,
  ]);
  await expectAccessible(page);
  await why.getByRole("button", { name: "Count again" }).click();
  await expect(why.getByRole("status")).toHaveText("Counted again: the number was right.");
  await why.getByRole("button", { name: "Mark as read" }).click();
  await expect(row).toHaveAttribute("data-unread", "0");
  await expect(why).toBeHidden();

  // By keyboard too.
  await row.focus();
  await page.keyboard.press("Shift+F10");
  await menu.getByRole("menuitem", { name: "Mark as unread" }).click();
  await expect(row).toHaveAccessibleName(/Marked as unread/);
  // It goes with reading, like everything that is unread.
  await dunlin.openRoom("Harbour", roomId);
  await expect(row).not.toHaveAccessibleName(/Marked as unread/);

  await row.click({ button: "right" });
  await menu.getByRole("menuitem", { name: "Notify: nothing" }).click();
  await expect(row).toHaveAccessibleName(/muted/);
  await row.click({ button: "right" });
  await expect(menu.getByRole("menuitem", { name: "Notify: nothing (chosen)" })).toBeVisible();
});

test("a mute the server refuses says so and is not shown as done", async ({ homeserver, begin, page }) => {
  const roomId = homeserver.world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  homeserver.faults.add({
    on: { method: "PUT", path: /\/pushrules\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  await dunlin.row(roomId).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Notify: nothing" }).click();
  await expect(page.getByRole("alert")).toContainText("The server did not take this.");
  await expect(dunlin.row(roomId)).not.toHaveAccessibleName(/muted/);
});

test("a person is muted in their profile, on the server too, and heard again from the settings", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.addUser("cleo", { displayName: "Cleo" });
  const roomId = world.createRoom({ creator: "ben", members: ["ana", "cleo"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "3 members" }).click();
  const ben = world.user("ben").userId;
  await page.getByRole("region", { name: "Members" }).locator(`[data-user-id="${ben}"]`).click();
  const muted = page.getByRole("region", { name: "Profile" }).getByRole("switch", { name: "Mute" });
  await muted.check();
  await expect(muted).toBeChecked();
  const senderRules = () => {
    const content = world.readAccountData("ana", null, "m.push_rules") as { global: { sender?: object[] } };
    return content.global.sender ?? [];
  };
  await expect.poll(senderRules).toMatchObject([{ rule_id: ben, actions: [], enabled: true }]);
  const harbour = world.createRoom({ creator: "ben", members: ["ana", "cleo"], name: "Pier" });
  world.sendMessage(harbour, "ben", "muted");
  world.sendMessage(harbour, "cleo", "heard");
  await expect(dunlin.row(harbour)).toHaveAttribute("data-unread", "1");
  await page.keyboard.press("Control+,");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: `Stop muting ${ben}` })
    .click();
  await expect.poll(senderRules).toEqual([]);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(muted).not.toBeChecked();
});

test("a keyword set here notifies, and rules of another device are shown", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.addUser("cleo", { displayName: "Cleo" });
  const roomId = world.createRoom({ creator: "ben", members: ["ana", "cleo"], name: "Harbour" });
  const { dunlin } = await begin();
  await expect(dunlin.row(roomId)).toBeVisible();
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog");
  await settings.getByRole("textbox", { name: "New keyword" }).fill("boat");
  await settings.getByRole("button", { name: "Add" }).click();
  await expect(settings.getByRole("combobox", { name: "boat" })).toHaveValue("sound");
  // A second one stands before it, and is moved behind it by the keyboard.
  await settings.getByRole("textbox", { name: "New keyword" }).fill("boat*sold");
  await page.keyboard.press("Enter");
  const words = settings.getByRole("button", { name: /^Remove keyword/ });
  await expect(words).toHaveCount(2);
  await settings.getByRole("button", { name: "Move keyword boat*sold down" }).focus();
  await page.keyboard.press("Enter");
  await expect(words.last()).toHaveAccessibleName("Remove keyword boat*sold");
  await expect(settings.getByText("boat*sold is now number 2 of 2")).toBeAttached();
  await expect(settings.getByRole("button", { name: "Move keyword boat*sold up" })).toBeFocused();
  const content = world.readAccountData("ana", null, "m.push_rules") as { global: { content: object[] } };
  expect(content.global.content).toMatchObject([{ pattern: "boat" }, { pattern: "boat*sold" }]);
  await settings.getByRole("combobox", { name: "Messages in groups" }).selectOption("off");
  await expect(settings.getByRole("combobox", { name: "Messages in groups" })).toHaveValue("off");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  world.sendMessage(roomId, "ben", "nothing of note");
  world.sendMessage(roomId, "ben", "the Boat!");
  await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "1");
  await expect(dunlin.row(roomId)).toHaveAttribute("data-highlight", "1");
});

test(
  "the page notifies while it is not in front, and a click leads to the message",
  headlessOnly("a window's notifications are the system's"),
  async ({ homeserver, begin, page }) => {
    const { world } = homeserver;
    const [front, other] = ["Front", "Other"].map((name) =>
      world.createRoom({ creator: "ben", members: ["ana"], name }),
    ) as [string, string];
    await recordNotifications(page);
    const { dunlin } = await begin();
    await dunlin.openRoom("Front", front);
    await expect(dunlin.log).toHaveAttribute("data-room-id", front);
    world.sendMessage(front, "ben", "seen here");
    world.sendMessage(other, "ben", "psst");
    await expect.poll(() => standing(page)).toEqual(["Ben (Other): psst"]);
    await leaveWindow(page);
    world.sendMessage(front, "ben", "while away");
    await expect.poll(() => standing(page)).toEqual(["Ben (Other): psst", "Ben (Front): while away"]);
    // Read on another device: withdrawn here.
    world.receipt(front, "ana", world.events(front).at(-1)?.event_id ?? "");
    await expect.poll(() => standing(page)).toEqual(["Ben (Other): psst"]);
    await page.evaluate(() => {
      const { shownNotifications } = window as unknown as { shownNotifications: Recorded[] };
      shownNotifications.find(({ title }) => title.includes("Other"))?.onclick(new Event("click"));
    });
    await expect(page.locator(`[role="log"][data-room-id="${other}"]`)).toBeVisible();
    await expect(dunlin.log.locator("[data-target]")).toContainText("psst");
    await expect.poll(() => standing(page)).toEqual([]);
  },
);

test("the other person's presence stands in the header of a chat of two", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], isDirect: true });
  const { dunlin } = await begin();
  await dunlin.openRoom("Ben", roomId);
  world.setPresence("ben", { presence: "online", currently_active: true });
  const header = page.locator("header").filter({ has: page.getByRole("heading", { name: "Ben" }) });
  await expect(header).toContainText("Online");
  world.setPresence("ben", { presence: "unavailable", last_active_ago: 25 * 60_000, status_msg: "at sea" });
  await expect(header).toContainText("Away · Active 25 minutes ago · at sea");
  await expectAccessible(page);
});
