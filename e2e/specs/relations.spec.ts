import AxeBuilder from "@axe-core/playwright";
import type { Locator } from "@playwright/test";
import type { AppPage } from "../pages/app-page.ts";
import { expect, test } from "../pages/story.ts";

// What is said of messages: answers, edits, reactions, deletions; also offline, and of messages not sent yet.

const messageWith = (dunlin: AppPage, text: string): Locator =>
  dunlin.log.locator('[data-kind="message"]', { hasText: text });

async function act(dunlin: AppPage, text: string, name: string): Promise<void> {
  const row = messageWith(dunlin, text).last();
  await row.hover();
  await row.getByRole("toolbar").getByRole("button", { name, exact: true }).click();
}

async function choose(dunlin: AppPage, text: string, item: string): Promise<void> {
  await act(dunlin, text, "More actions");
  await dunlin.page.getByRole("menuitem", { name: item }).click();
}

const contentsOf = (events: readonly { readonly type: string; readonly content: object }[], type: string) =>
  events.filter((event) => event.type === type).map((event) => event.content as Record<string, unknown>);

test("an answer quotes what it answers, names it on the wire, and leads back to it", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const question = homeserver.world.sendMessage(roomId, "ben", "Is the boat in?\nSince when?");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await act(dunlin, "Is the boat in?", "Reply");
  await expect(dunlin.page.getByText(/^Replying to/)).toBeVisible();
  await expect(dunlin.composer).toBeFocused();
  // Esc leaves, and a message of its own goes out.
  await dunlin.composer.press("Escape");
  await expect(dunlin.page.getByText(/^Replying to/)).toHaveCount(0);
  await act(dunlin, "Is the boat in?", "Reply");
  await dunlin.send("Since noon");
  await expect(dunlin.page.getByText(/^Replying to/)).toHaveCount(0);
  const answer = messageWith(dunlin, "Since noon");
  await expect(answer.locator("[data-quote-state=shown]")).toContainText("Is the boat in?");
  await expect
    .poll(() => contentsOf(homeserver.world.events(roomId), "m.room.message").at(-1))
    .toMatchObject({
      body: "Since noon",
      "m.relates_to": { "m.in_reply_to": { event_id: question } },
      "m.mentions": { user_ids: [`@ben:${homeserver.serverName}`] },
    });
});

test("an edit shows at once, says so, keeps its history, and the list shows the last words", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.send("the frist words");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1);
  const id = await messageWith(dunlin, "the frist words").getAttribute("data-item-id");
  await dunlin.composer.press("ArrowUp");
  await expect(dunlin.composer).toHaveValue("the frist words");
  await dunlin.composer.fill("the first words");
  await dunlin.composer.press("Enter");
  await expect(dunlin.composer).toHaveValue("");
  const edited = messageWith(dunlin, "the first words");
  await expect(edited).toHaveAttribute("data-item-id", id ?? "");
  await expect(edited.getByRole("button", { name: "edited" })).toBeVisible();
  await expect(dunlin.log.locator('[data-kind="message"]')).toHaveCount(1);
  await expect(dunlin.row(roomId)).toContainText("the first words");
  await expect
    .poll(() => contentsOf(homeserver.world.events(roomId), "m.room.message").at(-1))
    .toMatchObject({ body: "* the first words", "m.new_content": { body: "the first words" } });
  await edited.getByRole("button", { name: "edited" }).click();
  const history = dunlin.page.getByRole("dialog", { name: "Edit history" });
  await expect(history.getByRole("listitem")).toHaveCount(2);
  await expect(history.getByRole("listitem").last()).toContainText("the frist words");
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
});

test("reactions are added, counted, told and taken back", async ({ homeserver, begin }) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const eventId = homeserver.world.sendMessage(roomId, "ben", "We are in");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const message = messageWith(dunlin, "We are in");
  await act(dunlin, "We are in", "React");
  await dunlin.page.getByRole("button", { name: "React with 👍" }).click();
  const chip = message.locator('[data-reaction="👍"]');
  await expect(chip).toHaveAttribute("aria-pressed", "true");
  homeserver.world.sendMessage(
    roomId,
    "ben",
    { "m.relates_to": { rel_type: "m.annotation", event_id: eventId, key: "👍" } },
    { type: "m.reaction" },
  );
  await expect(chip).toHaveText(/👍\s*2/);
  await message.hover();
  await message.getByRole("button", { name: "Reactions", exact: true }).click();
  await expect(dunlin.page.getByRole("dialog", { name: "Reactions" }).getByRole("listitem")).toHaveCount(2);
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
  await dunlin.page.keyboard.press("Escape");
  await chip.click();
  await expect(chip).toHaveText(/👍\s*1/);
  await expect(chip).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => contentsOf(homeserver.world.events(roomId), "m.room.redaction").length).toBe(1);
});

test("the whole of emoji can be searched and walked with the keyboard", async ({ homeserver, begin }) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  homeserver.world.sendMessage(roomId, "ben", "We are in");
  const { dunlin } = await begin();
  const { page } = dunlin;
  await dunlin.openRoom("Harbour", roomId);
  await act(dunlin, "We are in", "React");
  await page.getByRole("button", { name: "More emoji" }).click();
  const search = page.getByRole("searchbox", { name: "Search emoji" });
  await expect(search).toBeFocused();
  await expect(page.getByRole("grid", { name: "Emoji" }).getByRole("gridcell").first()).toBeVisible();
  await search.fill("sailboat");
  await expect(page.getByRole("gridcell")).toHaveCount(1);
  expect((await new AxeBuilder({ page }).include(".picker").analyze()).violations).toEqual([]);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("button", { name: "sailboat" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(messageWith(dunlin, "We are in").locator("[data-reaction]")).toHaveCount(1);
  await expect(messageWith(dunlin, "We are in").locator("[data-reaction]")).toContainText("⛵");
});

test("offline and unsent: an answer, an edit, a reaction and a deletion all arrive as they were meant", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  homeserver.cut();
  await dunlin.connection("offline");
  for (const text of ["first", "secnod", "third"]) await dunlin.send(text);
  await act(dunlin, "first", "React");
  await dunlin.page.getByRole("button", { name: "React with 👍" }).click();
  await expect(messageWith(dunlin, "first").locator('[data-reaction="👍"]')).toBeVisible();
  await act(dunlin, "secnod", "Edit");
  await dunlin.composer.fill("second");
  await dunlin.composer.press("Enter");
  await expect(messageWith(dunlin, "second")).toBeVisible();
  await expect(dunlin.composer).toHaveValue("");
  await act(dunlin, "first", "Reply");
  await dunlin.send("an answer");
  await expect(messageWith(dunlin, "an answer").locator("[data-quote-state=shown]")).toContainText("first");
  await choose(dunlin, "third", "Delete…");
  await dunlin.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(dunlin.log.getByText("third")).toHaveCount(0);
  // A power cut, and the network comes back.
  await app.kill();
  homeserver.mend();
  const { dunlin: again } = await begin();
  await again.connection("live");
  await expect
    .poll(() => contentsOf(homeserver.world.events(roomId), "m.room.message").map(({ body }) => body))
    .toEqual(["first", "second", "an answer"]);
  const events = homeserver.world.events(roomId);
  const first = events.find(({ content }) => content["body"] === "first")?.event_id;
  expect(contentsOf(events, "m.reaction")).toEqual([
    { "m.relates_to": { rel_type: "m.annotation", event_id: first, key: "👍" } },
  ]);
  expect(contentsOf(events, "m.room.message").at(-1)).toMatchObject({
    "m.relates_to": { "m.in_reply_to": { event_id: first } },
  });
  await again.openRoom("Harbour", roomId);
  await expect(messageWith(again, "an answer").locator("[data-quote-state=shown]")).toContainText("first");
});

test("a deletion asks first, gives the reason, and takes every copy; refused, it says so", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const secret = homeserver.world.sendMessage(roomId, "ben", "the secret");
  homeserver.world.sendMessage(roomId, "ben", {
    msgtype: "m.text",
    body: "> <@ben> the secret\n\nshh",
    "m.relates_to": { "m.in_reply_to": { event_id: secret } },
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  // The old client's fallback is not shown twice.
  await expect(messageWith(dunlin, "shh").locator(".words")).toHaveText("shh");
  const refusal = homeserver.faults.add({
    on: { method: "PUT", path: /\/redact\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "Not you" } },
  });
  const first = messageWith(dunlin, "the secret").first();
  await first.hover();
  await first.getByRole("button", { name: "More actions" }).click();
  await dunlin.page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = dunlin.page.getByRole("dialog", { name: "Delete this message?" });
  await expect(dialog).toBeVisible();
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
  await dialog.getByRole("textbox").fill("not for here");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(dunlin.log.getByText(/The message was not deleted/)).toBeVisible();
  refusal.remove();
  await dunlin.log.getByRole("button", { name: "Retry" }).click();
  await expect(dunlin.log.getByText("the secret")).toHaveCount(0);
  await expect(messageWith(dunlin, "shh").locator("[data-quote-state=redacted]")).toContainText(
    "Message deleted",
  );
  await expect
    .poll(() => contentsOf(homeserver.world.events(roomId), "m.room.redaction").at(-1))
    .toMatchObject({ reason: "not for here" });
  // Who and why, and what is left of it, by keyboard (RED-04, RED-05).
  const gone = dunlin.log.locator(`[data-event-id="${secret}"]`);
  await gone.getByRole("button", { name: "By whom?" }).press("Enter");
  await expect(gone).toContainText("Deleted by Ana: not for here");
  await gone.getByRole("button", { name: "Hide" }).press("Enter");
  await expect(gone).toContainText("Message deleted");
  await gone.getByRole("button", { name: "More actions" }).press("Enter");
  await expect(dunlin.page.getByRole("menuitem")).toHaveText([
    "Copy link",
    "Copy matrix: link",
    "View source",
  ]);
  await dunlin.page.keyboard.press("Escape");
});

test("the source of a message of ours is true at every moment: waiting, sent without an echo, shown back", async ({
  homeserver,
  begin,
}, testInfo) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const dialog = dunlin.page.getByRole("dialog", { name: "Message source" });
  const first = dunlin.log.locator('[data-kind="message"]').first();
  const second = dunlin.log.locator('[data-kind="message"]').last();
  const source = async (row: Locator): Promise<Record<string, unknown>> => {
    await row.hover();
    await row.getByRole("toolbar").getByRole("button", { name: "View source" }).click();
    const json = await dialog.getByRole("region", { name: "Message source" }).textContent();
    return JSON.parse(json ?? "") as Record<string, unknown>;
  };
  homeserver.cut();
  await dunlin.connection("offline");
  await dunlin.send("All aboard");
  await act(dunlin, "All aboard", "Reply");
  await dunlin.send("Not without me");
  const id = await first.getAttribute("data-item-id");
  expect(await source(first)).toMatchObject({
    ...{ type: "m.room.message", room_id: roomId, transaction_id: id },
    content: { msgtype: "m.text", body: "All aboard" },
  });
  await expect(dialog).toContainText(/Not sent yet\. This is what will be sent\.|has not answered yet/);
  await dunlin.page.keyboard.press("Escape");
  expect(await source(second)).toMatchObject({
    content: { "m.relates_to": { "m.in_reply_to": {} } },
  });
  await expect(dialog).toContainText("filled in when that one has been sent");
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
  for (const colorScheme of ["light", "dark"] as const) {
    await dunlin.page.emulateMedia({ colorScheme });
    const body = await dunlin.page.screenshot();
    await testInfo.attach(`source-not-sent-${colorScheme}`, { body, contentType: "image/png" });
  }
  await dunlin.page.keyboard.press("Escape");

  // The server takes it and does not say so in a sync.
  const silence = homeserver.faults.add({ on: { path: /\/sync/ }, do: { status: { code: 502 } } });
  homeserver.mend();
  await expect(first).toHaveAttribute("data-event-id", /^\$/, { timeout: 60_000 });
  const eventId = await first.getAttribute("data-event-id");
  const sent = await source(first);
  expect(sent).toMatchObject({ event_id: eventId, transaction_id: id });
  await expect(dialog).toContainText("Sent, but not yet shown back by the server.");
  await dunlin.page.keyboard.press("Escape");
  silence.remove();
  await dunlin.connection("live");
  await expect
    .poll(async () => {
      const shown = await source(first);
      await dunlin.page.keyboard.press("Escape");
      return shown;
    })
    .toMatchObject({ event_id: eventId, unsigned: { transaction_id: id } });
});

test("a message deleted while one answers it takes its words out of the composer; the answer can be sent", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const secret = homeserver.world.sendMessage(roomId, "ben", "the secret");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await act(dunlin, "the secret", "Reply");
  const bar = dunlin.page.locator(`[data-replying-to="${secret}"]`);
  await expect(bar).toContainText("the secret");
  await dunlin.composer.fill("Oh no");
  homeserver.world.redact(roomId, "ben", secret);
  await expect(bar).toContainText("Message deleted");
  await expect(dunlin.page.getByText("the secret")).toHaveCount(0);
  await expect(dunlin.composer).toHaveValue("Oh no");
  await dunlin.send("Oh no");
  await expect(messageWith(dunlin, "Oh no").locator("[data-quote-state=redacted]")).toBeVisible();
});

test("a message of ours that a moderator deletes while we edit it: the edit ends, what we wrote stays", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.send("the first words");
  await expect.poll(() => contentsOf(homeserver.world.events(roomId), "m.room.message")).toHaveLength(1);
  const eventId = homeserver.world.events(roomId).at(-1)?.event_id ?? "";
  await dunlin.composer.press("ArrowUp");
  await expect(dunlin.page.getByText("Editing a message")).toBeVisible();
  await dunlin.composer.fill("better words");
  homeserver.world.redact(roomId, "ben", eventId);
  await expect(dunlin.page.getByText("The message you were editing was deleted.")).toBeVisible();
  await expect(dunlin.page.getByText("Editing a message", { exact: true })).toHaveCount(0);
  await expect(dunlin.page.getByText("the first words")).toHaveCount(0);
  await expect(dunlin.composer).toHaveValue("better words");
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
  await dunlin.page.screenshot({ path: test.info().outputPath("deleted-while-edited.png") });
  await dunlin.composer.press("Enter");
  await expect(messageWith(dunlin, "better words")).toBeVisible();
  await expect
    .poll(() => contentsOf(homeserver.world.events(roomId), "m.room.message").at(-1))
    .toMatchObject({ msgtype: "m.text", body: "better words" });
});
