import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../pages/story.ts";

// Rooms are made, found, joined and left; each way that fails says why.

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  }
}
const choose = async (page: Page, item: string): Promise<void> => {
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

test("a room is made with everything the dialog offers, and an address that is taken is told at its field", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, wire } = homeserver;
  const other = world.createRoom({ creator: "ben", alias: "taken", name: "Other" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await choose(page, "New room");
  const dialog = page.getByRole("dialog", { name: "New room" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Harbour");
  await dialog.getByRole("textbox", { name: "What is it about?" }).fill("Ships");
  const png = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 60 });
    canvas.getContext("2d")?.fillRect(0, 0, 60, 60);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  const file = { name: "ship.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") };
  await dialog.locator('input[type="file"]').setInputFiles(file);
  await expect(dialog.getByRole("button", { name: "No picture" })).toBeVisible();
  await dialog.getByRole("radio", { name: "Open" }).check();
  const address = dialog.getByRole("textbox", { name: "Address" });
  await address.fill("harbour:elsewhere.org");
  await expect(dialog).toContainText("The address is always on your own server: dunlin.test.");
  await expect(dialog.getByRole("button", { name: "Create the room" })).toBeDisabled();
  await address.fill("ü".repeat(130));
  await expect(dialog).toContainText("Too long by 18 bytes.");
  await address.fill("taken");
  await expect(dialog).toContainText("#taken:dunlin.test is taken already.");
  await dialog.getByRole("combobox", { name: "Invite" }).fill("be");
  await dialog.getByRole("option", { name: /Ben/ }).click();
  await dialog.getByRole("radio", { name: "Members, from the moment they joined" }).check();
  await expect(dialog.getByRole("switch", { name: "End-to-end encryption" })).toBeDisabled();
  await dialog.getByText("More settings").click();
  await dialog.getByRole("switch", { name: "People of other servers can join" }).uncheck();
  await dialog.getByRole("combobox", { name: "Room version" }).selectOption("11");
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(dialog).toContainText("#taken:dunlin.test is taken already.");
  await expect(dialog.getByRole("textbox", { name: "Name" })).toHaveValue("Harbour");
  await expectAccessible(page);
  await address.fill("harbour");
  await expect(dialog).toContainText("#harbour:dunlin.test is free.");
  // Somebody is quicker.
  world.setAlias("#harbour:dunlin.test", other);
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(dialog).toContainText("This address is taken already.");
  world.setAlias("#harbour:dunlin.test", null);
  await address.fill("harbour-town");
  await expect(dialog).toContainText("#harbour-town:dunlin.test is free.");
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(page.getByRole("heading", { name: "Harbour", level: 1, exact: true })).toBeVisible();
  const sent = wire.requests.filter(({ path }) => path.endsWith("/createRoom")).at(-1)?.body;
  expect(sent).toMatchObject({
    preset: "public_chat",
    visibility: "private",
    room_alias_name: "harbour-town",
    room_version: "11",
    invite: ["@ben:dunlin.test"],
    creation_content: { "m.federate": false },
    initial_state: [
      { type: "m.room.history_visibility", content: { history_visibility: "joined" } },
      { type: "m.room.avatar", content: { url: expect.stringMatching(/^mxc:/) as unknown } },
    ],
  });
  await dunlin.send("first words");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1);
});

test("a chat is begun with somebody who is searched for, and the same one is opened again", async ({
  homeserver,
  begin,
  page,
}) => {
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const start = async (): Promise<void> => {
    await choose(page, "New chat");
    const dialog = page.getByRole("dialog", { name: "New chat" });
    await dialog.getByRole("combobox", { name: "People" }).fill("Ben");
    await expect(dialog.getByRole("option", { name: /Ben/ })).toBeVisible();
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Start the chat" }).click();
    await expect(dialog).toHaveCount(0);
  };
  await start();
  await expect(page.getByRole("heading", { name: "Ben", level: 1, exact: true })).toBeVisible();
  await expect(dunlin.rooms.getByRole("button", { name: "People" })).toBeVisible();
  await start();
  expect(homeserver.wire.count("POST", /createRoom$/)).toBe(1);
  const direct = homeserver.world.readAccountData("ana", null, "m.direct");
  expect(Object.keys(direct ?? {})).toEqual(["@ben:dunlin.test"]);
});

test("the directory is searched, paged through and joined from; a room behind a door is knocked at", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  for (let i = 0; i < 40; i += 1)
    world.createRoom({ creator: "ben", name: `Quay ${i}`, joinRule: "public", published: true });
  const club = world.createRoom({ creator: "ben", name: "Club", joinRule: "knock", published: true });
  const pier = world.createRoom({ creator: "ben", name: "Pier", joinRule: "public", published: true });
  const hidden = world.createRoom({ creator: "ben", name: "Hidden", joinRule: "public", alias: "hidden" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await choose(page, "Find rooms");
  const dialog = page.getByRole("dialog", { name: "Find rooms" });
  const cards = dialog.locator("[data-found-room]");
  await expect(cards).toHaveCount(30);
  await dialog.getByRole("button", { name: "Show more" }).click();
  await expect(cards).toHaveCount(42);
  await expectAccessible(page);
  const search = dialog.getByRole("searchbox");
  await search.fill("clu");
  await expect(cards).toHaveCount(1);
  await dialog.getByRole("button", { name: "Ask to join: Club" }).click();
  const knock = page.getByRole("dialog", { name: "Ask to join Club" });
  await knock.getByRole("textbox").fill("let me in");
  await knock.getByRole("button", { name: "Ask to join" }).click();
  await expect(dialog.getByText("Asked")).toBeVisible();
  expect(world.state(club, "m.room.member", "@ana:dunlin.test")).toMatchObject({ reason: "let me in" });
  await dialog.getByRole("textbox", { name: "Server" }).fill("far.example.org");
  await expect(dialog.getByRole("alert").first()).toContainText("The rooms could not be listed.");
  await dialog.getByRole("textbox", { name: "Server" }).fill("");
  await search.fill("pier");
  const refusal = faults.add({
    on: { path: /\/join\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "not you" } },
  });
  await dialog.getByRole("button", { name: "Join Pier" }).click();
  await expect(dialog.locator(`[data-found-room="${pier}"]`)).toContainText("The server does not allow this");
  refusal.remove();
  await search.fill("#hidden:dunlin.test");
  await dialog.getByRole("button", { name: "Join Hidden" }).click();
  await expect(page.getByRole("heading", { name: "Hidden", level: 1, exact: true })).toBeVisible();
  expect(world.members(hidden)).toContain("@ana:dunlin.test");
  await dunlin.row(club).click();
  await expect(page.getByText("You asked to join Club.")).toBeVisible();
  await page.getByRole("button", { name: "Take the request back" }).click();
  await expect(dunlin.row(club)).toHaveCount(0);
});

test("a room is left after a question, stays in the archive, and is forgotten there", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  homeserver.world.sendMessage(roomId, "ben", "some last words");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.row(roomId).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Leave" }).click();
  const question = page.getByRole("dialog", { name: "Leave Harbour?" });
  await expect(question).toContainText("You can only come back when somebody invites you.");
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(dunlin.row(roomId)).toHaveCount(0);
  await choose(page, "Rooms you left");
  const archive = page.getByRole("dialog", { name: "Rooms you left" });
  await archive.getByRole("button", { name: "Open Harbour" }).click();
  await expect(dunlin.log.getByText("some last words")).toBeVisible();
  await expect(dunlin.composer).toHaveCount(0);
  await page.getByRole("button", { name: "Join again" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The server does not allow this" })).toBeVisible();
  await choose(page, "Rooms you left");
  await archive.getByRole("button", { name: "Forget Harbour" }).click();
  await page
    .getByRole("dialog", { name: "Forget this room?" })
    .getByRole("button", { name: "Forget the room" })
    .click();
  await expect(archive).toContainText("No rooms that you left");
});

test("an invitation is declined and its sender ignored", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", invited: ["ana"], name: "Spam" });
  const { dunlin } = await begin();
  await dunlin.row(roomId).click();
  await page.getByRole("button", { name: "Ignore the sender" }).click();
  const question = page.getByRole("dialog", { name: "Ignore Ben?" });
  await question.getByRole("button", { name: "Ignore the sender" }).click();
  await expect(dunlin.row(roomId)).toHaveCount(0);
  expect(world.readAccountData("ana", null, "m.ignored_user_list")).toEqual({
    ignored_users: { "@ben:dunlin.test": {} },
  });
});

test("an upgraded room is followed by joining the new one", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const old = world.createRoom({ creator: "ben", members: ["ana"], name: "Old harbour" });
  const fresh = world.createRoom({ creator: "ben", name: "New harbour", joinRule: "public" });
  world.sendState(old, "ben", "m.room.tombstone", "", { body: "moved", replacement_room: fresh });
  const { dunlin } = await begin();
  await dunlin.openRoom("Old harbour", old);
  await page.getByRole("button", { name: "Go to the new room" }).click();
  await expect(page.getByRole("heading", { name: "New harbour", level: 1, exact: true })).toBeVisible();
  expect(world.members(fresh)).toContain("@ana:dunlin.test");
});

test("a room is made a favourite and set back by its menu, also by keyboard, and put into a section of one's own", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Add to favourites" }).click();
  await expect(dunlin.rooms.getByRole("button", { name: "Favourites" })).toBeVisible();
  await dunlin.row(roomId).focus();
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menuitem", { name: "Remove from favourites" }).click();
  await expect(dunlin.rooms.getByRole("button", { name: "Favourites" })).toHaveCount(0);
  // And put into a section of one's own.
  await dunlin.row(roomId).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Own sections…" }).click();
  const dialog = page.getByRole("dialog", { name: "Sections for Harbour" });
  await expect(dialog).toContainText("You have no section of your own yet.");
  await dialog.getByRole("textbox", { name: "New section" }).fill("Work ");
  await page.keyboard.press("Enter");
  const work = dialog.getByRole("checkbox", { name: "Work" });
  await expect(work).toBeChecked();
  await expect(dialog.getByRole("textbox", { name: "New section" })).toHaveValue("");
  await expectAccessible(page);
  await expect
    .poll(() => homeserver.world.readAccountData("ana", roomId, "m.tag"))
    .toEqual({
      tags: { "u.Work": {} },
    });
  await expect(dunlin.rooms.locator('[data-row-key="section:u.Work"]')).toHaveText("Work");
  await work.uncheck();
  await expect(dunlin.rooms.locator('[data-row-key="section:u.Work"]')).toHaveCount(0);
  await work.check();
  await page.keyboard.press("Escape");
  await expect(dunlin.rooms.locator('[data-row-key="section:u.Work"]')).toHaveCount(1);
});
