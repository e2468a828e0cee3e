import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../pages/story.ts";

// Whom one hears, and how one gets into rooms and out of them.

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
async function expectAccessible(page: Page, part = "body"): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(tags).include(part).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("somebody who is ignored falls silent everywhere, and is heard again with what was missed", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.addUser("cy", { displayName: "Cy" });
  const roomId = world.createRoom({ creator: "ana", members: ["ben", "cy"], name: "Harbour" });
  world.sendMessage(roomId, "cy", "Ships ahoy");
  world.sendMessage(roomId, "ben", "Quiet, please");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const log = page.getByRole("log");
  await expect(log.getByText("Ships ahoy")).toBeVisible();
  world.accountData("ana", null, "m.ignored_user_list", {
    ignored_users: { "@cy:dunlin.test": {}, "@gone:far": {} },
  });
  await expect(log.getByText("Ships ahoy")).toHaveCount(0);
  await expect(log.getByText("Quiet, please")).toBeVisible();
  world.sendMessage(roomId, "cy", "Can you hear me?");
  world.sendMessage(roomId, "ben", "Silence");
  await expect(log.getByText("Silence")).toBeVisible();

  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  const list = settings.getByRole("list", { name: "Ignored people" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  // Another client ignores somebody more, and hears them again.
  const ignored = { "@cy:dunlin.test": {}, "@gone:far": {} };
  const more = { ignored_users: { ...ignored, "@late:far": {} } };
  world.accountData("ana", null, "m.ignored_user_list", more);
  await expect(list.getByText("@late:far")).toBeVisible();
  world.accountData("ana", null, "m.ignored_user_list", { ignored_users: ignored });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expectAccessible(page);
  await list.getByRole("button", { name: "Stop ignoring @gone:far" }).click();
  await list.getByRole("button", { name: "Stop ignoring Cy" }).click();
  await expect(settings.getByText("You ignore nobody.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(log.getByText("Can you hear me?")).toBeVisible();
  await expect(log.getByText("Ships ahoy")).toBeVisible();
  await expect(log.getByText(/Ships ahoy|Quiet, please|Can you hear me\?|Silence/)).toHaveText([
    /Ships ahoy/,
    /Quiet, please/,
    /Can you hear me\?/,
    /Silence/,
  ]);
});

test("a link into a room that lets itself be asked asks, with a reason; one by invitation says so", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const home = world.createRoom({ creator: "ana", members: ["ben"], name: "Home" });
  const askable = world.createRoom({ creator: "ben", name: "Guild", joinRule: "knock" });
  const closed = world.createRoom({ creator: "ben", name: "Closed", historyVisibility: "world_readable" });
  for (const [roomId, name] of [
    [askable, "the guild"],
    [closed, "the closed one"],
  ] as const)
    world.sendMessage(home, "ben", {
      msgtype: "m.text",
      body: name,
      format: "org.matrix.custom.html",
      formatted_body: `<a href="https://matrix.to/#/${roomId}?via=dunlin.test">${name}</a>`,
    });
  const { dunlin } = await begin();
  await dunlin.openRoom("Home", home);
  const log = page.getByRole("log");
  await log.getByText("the closed one").click();
  const dialog = page.getByRole("dialog", { name: "Join this room?" });
  await expect(dialog).toContainText("Only who is invited gets into this room.");
  await expect(dialog.getByRole("button", { name: "Join" })).toHaveCount(0);
  await page.keyboard.press("Escape");

  await log.getByText("the guild").click();
  await dialog.getByRole("button", { name: "Ask to join" }).click();
  const question = page.getByRole("dialog", { name: "Ask to join Guild" });
  await question.getByRole("textbox").fill("I bring cake");
  await question.getByRole("button", { name: "Ask to join" }).click();
  await expect(dialog).toContainText("You come in when somebody there says yes.");
  await expectAccessible(page, "[role=dialog]");
  expect(world.state(askable, "m.room.member", "@ana:dunlin.test")).toMatchObject({ membership: "knock" });
  const knock = homeserver.wire.requests.find(({ path }) => path.includes("/knock/"));
  expect(knock?.body).toMatchObject({ reason: "I bring cake" });
});

test("a room that everybody may read is read before it is joined, older words too; no other is asked for its words", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, wire, faults } = homeserver;
  const square = world.createRoom({
    ...{ creator: "ben", name: "Square", joinRule: "public", historyVisibility: "world_readable" },
    published: true,
  });
  world.sendMany(square, 45, (index) => ({ sender: "ben", content: `shout ${index}` }));
  world.createRoom({ creator: "ben", name: "Cellar", joinRule: "public", published: true });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: "Find rooms" }).click();
  const find = page.getByRole("dialog", { name: "Find rooms" });
  await expect(find.getByRole("button", { name: "Join Cellar" })).toBeVisible();
  await expect(find.getByRole("button", { name: "Look inside Cellar" })).toHaveCount(0);
  const refusal = faults.add({
    on: { path: /\/messages$/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "not from outside" } },
  });
  await find.getByRole("button", { name: "Look inside Square" }).click();
  const peek = page.getByRole("dialog", { name: "Square" });
  await expect(peek.getByRole("alert")).toContainText("It could not be read.");
  refusal.remove();
  await peek.getByRole("button", { name: "Retry" }).click();
  await expect(peek.getByRole("listitem")).toHaveCount(40);
  await expect(peek.getByRole("listitem").last()).toContainText("shout 44");
  await expectAccessible(page, "[role=dialog]");
  await peek.getByRole("button", { name: "Show older messages" }).click();
  await expect(peek.getByRole("listitem")).toHaveCount(45);
  await expect(peek.getByRole("listitem").first()).toContainText("shout 0");
  world.sendMessage(square, "ben", "shout just now");
  await expect(peek.getByRole("listitem").last()).toContainText("shout just now");
  await expect(peek.getByRole("status").filter({ hasText: "1 new message" })).toBeAttached();
  expect(world.members(square)).toEqual(["@ben:dunlin.test"]);
  await peek.getByRole("button", { name: "Join", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Square", level: 1, exact: true })).toBeVisible();
  expect(world.members(square)).toContain("@ana:dunlin.test");
  const asked = wire.requests.filter(({ path }) => path.endsWith("/messages"));
  expect(asked.every(({ path }) => path.includes(encodeURIComponent(square).replace("!", "")))).toBe(true);
});

test("a room left is joined again through servers that know it", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour", joinRule: "public" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  world.kick(roomId, "ana", "ben");
  await page.getByRole("button", { name: "Join again" }).click();
  await expect(page.getByRole("textbox", { name: /Message/ }).first()).toBeVisible();
  const join = homeserver.wire.requests.find(
    ({ method, path }) => method === "POST" && path.includes("/join/"),
  );
  expect(join?.query["via"]).toBe("dunlin.test");
});

test("an invitation says why, in the words of who sent it", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", name: "Guild", historyVisibility: "world_readable" });
  world.sendMessage(roomId, "ben", "everybody may know");
  world.invite(roomId, "ana", "ben", { reason: "We need a baker" });
  const { dunlin } = await begin();
  await dunlin.row(roomId).click();
  await expect(page.getByText("We need a baker")).toBeVisible();
  await expectAccessible(page);
  // Everybody may read it, so also who has not said yes.
  await page.getByRole("button", { name: "Look inside" }).click();
  const peek = page.getByRole("dialog", { name: "Guild" });
  await expect(peek.getByRole("listitem")).toHaveText([/everybody may know/]);
  await peek.getByRole("button", { name: "Accept" }).click();
  await expect(peek).toHaveCount(0);
  await expect(page.getByRole("log").getByText("everybody may know")).toBeVisible();
});

test("an invitation to a space leads to its page, not to a chat", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const quay = world.createRoom({ creator: "ben", members: ["ana"], name: "Quay" });
  const town = world.createRoom({ creator: "ben", name: "Town", type: "m.space", topic: "All of us" });
  world.sendState(town, "ben", "m.space.child", quay, { via: ["dunlin.test"] });
  world.invite(town, "ana", "ben");
  const { dunlin } = await begin();
  await dunlin.row(town).click();
  await page.getByRole("button", { name: "Accept" }).click();
  const rooms = page.getByRole("list", { name: "Your rooms in it" });
  await expect(rooms.getByRole("button", { name: "Quay" })).toBeVisible();
  await expect(page.getByText("All of us").last()).toBeVisible();
  await expect(page.getByRole("log")).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: /Message/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /call/i })).toHaveCount(0);
  await expectAccessible(page, "main");
  await page.getByRole("button", { name: "What is in it" }).click();
  await expect(page.getByRole("dialog", { name: "Rooms in Town" })).toBeVisible();
  await page.keyboard.press("Escape");
  await rooms.getByRole("button", { name: "Quay" }).click();
  await expect(page.getByRole("heading", { name: "Quay", level: 1, exact: true })).toBeVisible();
});
