import type { Locator } from "@playwright/test";
import { expect, headlessOnly, test } from "../pages/story.ts";

// Writing: Markdown, completion by keyboard, commands, polls and places, pasted text.

test("Markdown is sent as HTML beside what was typed, and shows formatted; a preview shows it before", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await dunlin.composer.fill("**bold** and ||hidden||");
  await page.getByRole("button", { name: "Preview" }).click();
  const preview = page.getByRole("region", { name: "Preview of your message" });
  await expect(preview.locator("strong")).toHaveText("bold");
  await dunlin.composer.press("Enter");
  await dunlin.isTaken();
  await expect(preview).toBeHidden();
  await expect(dunlin.log.locator("strong")).toHaveText("bold");
  await expect
    .poll(() => world.events(roomId).at(-1)?.content)
    .toEqual({
      msgtype: "m.text",
      body: "**bold** and ||hidden||",
      format: "org.matrix.custom.html",
      formatted_body: '<strong>bold</strong> and <span data-mx-spoiler="">hidden</span>',
      "m.mentions": {},
    });
});

test("people, emoji and commands are completed by keyboard, and Ctrl+Z takes it back", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await dunlin.composer.pressSequentially("hi @be");
  const list = page.getByRole("listbox", { name: "People" });
  await expect(list.getByRole("option")).toHaveCount(1);
  await expect(list.getByRole("option", { selected: true })).toContainText("Ben");
  await dunlin.composer.press("Tab");
  await expect(dunlin.composer).toHaveValue("hi @Ben ");
  await expect(page.locator("mark")).toHaveText("@Ben");
  await dunlin.composer.press("ControlOrMeta+z");
  await expect(dunlin.composer).toHaveValue("hi @be");
  await dunlin.composer.press("Escape");
  await expect(list).toBeHidden();
  await dunlin.composer.fill("");
  await dunlin.composer.pressSequentially("hi @be");
  await expect(list.getByRole("option")).toHaveCount(1);
  await dunlin.composer.press("Enter");
  await dunlin.composer.pressSequentially(":tada");
  await expect(page.getByRole("listbox", { name: "Emoji" }).getByRole("option").first()).toContainText("🎉");
  await dunlin.composer.press("Tab");
  await expect(dunlin.composer).toHaveValue("hi @Ben 🎉 ");
  await dunlin.composer.press("Enter");
  await dunlin.isTaken();
  await expect
    .poll(() => world.events(roomId).at(-1)?.content)
    .toMatchObject({
      body: "hi @Ben 🎉",
      formatted_body: 'hi <a href="https://matrix.to/#/@ben:dunlin.test">Ben</a> 🎉',
      "m.mentions": { user_ids: ["@ben:dunlin.test"] },
    });
  await dunlin.composer.pressSequentially("/");
  // The whole list can be seen, not only what is beside the field.
  const commands = page.getByRole("listbox", { name: "Commands" });
  await expect(commands.getByRole("option").first()).toBeInViewport({ ratio: 1 });
  expect(await commands.getByRole("option").count()).toBeGreaterThan(5);
  expect(await topmostAt(commands.getByRole("option").first())).toBe(true);
  await dunlin.composer.pressSequentially("shr");
  await page.getByRole("option", { name: /^\/shrug/ }).click();
  await expect(dunlin.composer).toHaveValue("/shrug ");
});

test("commands change the room, say in words what is wrong, and help lists them", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.addUser("cleo", { displayName: "Cleo" });
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await dunlin.send("/topic Boats");
  await expect.poll(() => world.state(roomId, "m.room.topic")).toMatchObject({ topic: "Boats" });
  await dunlin.send("/invite @cleo:dunlin.test we need a pilot");
  await expect
    .poll(() => world.state(roomId, "m.room.member", "@cleo:dunlin.test"))
    .toMatchObject({ membership: "invite", reason: "we need a pilot" });
  await dunlin.send("/op @ben:dunlin.test 50");
  await expect
    .poll(() => world.state(roomId, "m.room.power_levels"))
    .toMatchObject({ users: { "@ben:dunlin.test": 50 } });
  await dunlin.send("/myroomnick Captain");
  await expect
    .poll(() => world.state(roomId, "m.room.member", "@ana:dunlin.test"))
    .toMatchObject({ displayname: "Captain" });
  await dunlin.composer.fill("/kick ben");
  await dunlin.composer.press("Enter");
  await expect(page.getByRole("alert")).toContainText("“ben” is no user ID");
  await dunlin.composer.fill("/nothing here");
  await dunlin.composer.press("Enter");
  await expect(page.getByRole("alert")).toContainText("There is no command /nothing");
  await page.getByRole("button", { name: "Send as a message" }).click();
  await expect.poll(() => world.events(roomId).at(-1)?.content).toMatchObject({ body: "/nothing here" });
  await dunlin.send("/help");
  await expect(page.getByRole("dialog", { name: "Commands" })).toContainText("/tableflip");
  await page.keyboard.press("Escape");
});

test("a poll is made, voted on and ended; a place opens nothing by itself", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await dunlin.send("/location 52.52, 13.405 By the river");
  await expect(dunlin.log).toContainText("52.52° N, 13.405° E");
  await expect(dunlin.log.getByRole("button", { name: "Show on OpenStreetMap" })).toBeVisible();
  await dunlin.composer.fill("/poll");
  await dunlin.composer.press("Enter");
  const dialog = page.getByRole("dialog", { name: "New poll" });
  await dialog.getByRole("textbox", { name: "Question" }).fill("Where to?");
  await dialog.getByRole("textbox", { name: "Answer 1" }).fill("Pier");
  await dialog.getByRole("textbox", { name: "Answer 2" }).fill("Dune");
  await dialog.getByRole("button", { name: "Send poll" }).click();
  await expect(dialog).toBeHidden();
  const poll = dunlin.log.getByRole("region", { name: "Where to?" });
  await expect(poll.getByRole("button", { name: "End poll" })).toBeVisible();
  await poll.getByRole("radio", { name: "Pier" }).click();
  await expect(poll.getByRole("radio", { name: "Pier" })).toBeChecked();
  await expect(poll).toContainText("1 person has voted");
  await expect.poll(() => world.events(roomId).at(-1)?.type).toBe("org.matrix.msc3381.poll.response");
  await poll.getByRole("button", { name: "End poll" }).click();
  await expect(poll).toContainText("This poll has ended.");
});

test(
  "pasted rich text becomes Markdown; with Shift it stays plain",
  headlessOnly("the clipboard is a browser's to give"),
  async ({ homeserver, begin, page }) => {
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
    const { dunlin } = await begin();
    await dunlin.connection("live");
    await dunlin.row(roomId).click();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.evaluate(() =>
      navigator.clipboard.write([
        new ClipboardItem({
          "text/html": new Blob(['<b>bold</b> <a href="https://example.org/">link</a>'], {
            type: "text/html",
          }),
          "text/plain": new Blob(["bold link"], { type: "text/plain" }),
        }),
      ]),
    );
    await dunlin.composer.focus();
    await page.keyboard.press("ControlOrMeta+v");
    await expect(dunlin.composer).toHaveValue("**bold** [link](https://example.org/)");
    await page.keyboard.press("ControlOrMeta+z");
    await expect(dunlin.composer).toHaveValue("");
    await page.keyboard.press("ControlOrMeta+Shift+v");
    await expect(dunlin.composer).toHaveValue("bold link");
  },
);

test("drafts keep who is mentioned over a restart", async ({ homeserver, begin }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin, page, app } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  await dunlin.composer.pressSequentially("@be");
  await expect(page.getByRole("option", { selected: true })).toContainText("Ben");
  await dunlin.composer.press("Tab");
  await dunlin.composer.pressSequentially("!");
  await dunlin.composer.blur();
  await page.reload();
  await expect(dunlin.composer).toHaveValue("@Ben !");
  await dunlin.composer.press("Enter");
  await expect
    .poll(() => world.events(roomId).at(-1)?.content)
    .toMatchObject({ "m.mentions": { user_ids: ["@ben:dunlin.test"] } });
  await app.stop();
});

/** Whether the middle of an element is what a click there would hit: nothing lies over it, nothing cuts it off. */
function topmostAt(element: Locator): Promise<boolean> {
  return element.evaluate((node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    return node.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });
}

test("commands about people and rooms do what they say, in one sitting: kick, ban, unban, deop, nick, join, part", async ({
  homeserver,
  begin,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const quay = world.createRoom({ creator: "ben", name: "Quay", alias: "quay", joinRule: "public" });
  const { dunlin, page } = await begin();
  await dunlin.connection("live");
  await dunlin.row(roomId).click();
  const ben = () => world.state(roomId, "m.room.member", "@ben:dunlin.test");
  const levelOfBen = () =>
    (world.state(roomId, "m.room.power_levels")?.["users"] as Record<string, number>)["@ben:dunlin.test"] ??
    0;
  // A blank behind a name: Enter is for the command, not for what completes the name.
  await dunlin.send("/op @ben:dunlin.test ");
  await expect.poll(levelOfBen).toBe(50);
  await dunlin.send("/deop @ben:dunlin.test ");
  await expect.poll(levelOfBen).toBe(0);
  await dunlin.send("/kick @ben:dunlin.test too loud");
  await expect.poll(ben).toMatchObject({ membership: "leave", reason: "too loud" });
  await dunlin.send("/ban @ben:dunlin.test still too loud");
  await expect.poll(ben).toMatchObject({ membership: "ban", reason: "still too loud" });
  await dunlin.send("/unban @ben:dunlin.test ");
  await expect.poll(ben).toMatchObject({ membership: "leave" });
  await dunlin.send("/nick Captain Ana");
  await expect.poll(() => world.user("ana").displayName).toBe("Captain Ana");
  // The field goes with the room it was typed in.
  await dunlin.composer.fill("/join #quay:dunlin.test ");
  await dunlin.composer.press("Enter");
  await expect.poll(() => world.members(quay)).toContain("@ana:dunlin.test");
  await expect(page.locator(`[role="log"][data-room-id="${quay}"]`)).toBeVisible();
  await dunlin.composer.fill("/part");
  await dunlin.composer.press("Enter");
  await expect.poll(() => world.members(quay)).not.toContain("@ana:dunlin.test");
  // Nothing of it was said to anybody.
  for (const id of [roomId, quay])
    expect(world.events(id).filter(({ type }) => type === "m.room.message")).toEqual([]);
});
