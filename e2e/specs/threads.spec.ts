import AxeBuilder from "@axe-core/playwright";
import type { Locator } from "@playwright/test";
import type { Homeserver } from "../homeserver/index.ts";
import type { AppPage } from "../pages/app-page.ts";
import { untilAnswered } from "../pages/core-calls.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// Threads: apart from the room, in a panel of their own, offline too.

const messageIn = (log: Locator, text: string): Locator =>
  log.locator('[data-kind="message"]').filter({ hasText: text });
const threadLog = (dunlin: AppPage): Locator => dunlin.page.getByRole("log", { name: "Thread", exact: true });
const threadField = (dunlin: AppPage): Locator =>
  dunlin.page.getByRole("textbox", { name: "Reply in thread", exact: true });

function reply(homeserver: Homeserver, roomId: string, root: string, body: string, who = "ben"): string {
  return homeserver.world.sendMessage(roomId, who, {
    ...{ msgtype: "m.text", body },
    "m.relates_to": {
      ...{ rel_type: "m.thread", event_id: root, is_falling_back: true },
      "m.in_reply_to": { event_id: root },
    },
  });
}

async function openThread(dunlin: AppPage, text: string): Promise<void> {
  const message = messageIn(dunlin.log, text);
  await message.hover();
  await message.getByRole("toolbar").getByRole("button", { name: "Reply in thread" }).click();
  await expect(threadLog(dunlin)).toBeVisible();
}

test("a thread is begun, answered and read beside the room", async ({ homeserver, begin }) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const root = homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await openThread(dunlin, "Where do we eat?");
  await expect(threadField(dunlin)).toBeFocused();
  await threadField(dunlin).fill("At the pier");
  await threadField(dunlin).press("Enter");
  await expect(messageIn(threadLog(dunlin), "At the pier")).toBeVisible();
  await expect(messageIn(dunlin.log, "At the pier")).toHaveCount(1);
  await expect(dunlin.log.locator("[data-thread-count='1']")).toContainText("At the pier");
  await expect
    .poll(() => homeserver.world.events(roomId).at(-1)?.content["m.relates_to"])
    .toMatchObject({ rel_type: "m.thread", event_id: root, is_falling_back: true });
  const answer = reply(homeserver, roomId, root, "Or the old mill");
  await expect(messageIn(threadLog(dunlin), "Or the old mill")).toBeVisible();
  await expect(dunlin.log.locator("[data-thread-count='2'][data-thread-unread='0']")).toBeVisible();
  await expect
    .poll(() => homeserver.world.receipts(roomId).find(({ threadId }) => threadId === root)?.eventId)
    .toBe(answer);
  // An answer to one of its messages, an edit and a reaction, all within.
  const other = messageIn(threadLog(dunlin), "Or the old mill");
  await other.hover();
  await other.getByRole("button", { name: "Reply", exact: true }).click();
  await threadField(dunlin).fill("Closed on Mondays");
  await threadField(dunlin).press("Enter");
  await expect(
    messageIn(threadLog(dunlin), "Closed on Mondays").locator("[data-quote-state=shown]"),
  ).toContainText("Or the old mill");
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
  await dunlin.page.keyboard.press("Escape");
  await expect(dunlin.page.getByRole("region", { name: "Threads" })).toBeVisible();
});

test("unread replies show at the root, in the header and in the list, until the thread is read", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const root = homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
  const ana = homeserver.world.user("ana").userId;
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(messageIn(dunlin.log, "Where do we eat?")).toBeVisible();
  reply(homeserver, roomId, root, "first");
  homeserver.world.sendMessage(roomId, "ben", {
    ...{ msgtype: "m.text", body: "Ana?", "m.mentions": { user_ids: [ana] } },
    "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: true },
  });
  await expect(dunlin.log.locator("[data-thread-unread='2']")).toBeVisible();
  await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "2");
  await expect(dunlin.row(roomId)).toHaveAttribute("data-highlight", "1");
  await dunlin.page.getByRole("button", { name: "Threads, 2 unread replies" }).click();
  const entry = dunlin.page.getByRole("list", { name: "Threads" }).getByRole("button");
  await expect(entry).toContainText("Where do we eat?");
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
  await entry.click();
  await expect(messageIn(threadLog(dunlin), "Ana?")).toBeVisible();
  await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "0");
  await expect(dunlin.log.locator("[data-thread-unread='0']")).toBeVisible();
});

test(
  "offline: a thread on a message that is not sent survives a kill and arrives in order",
  headlessOnly("it listens to the WebSocket between page and core"),
  async ({ homeserver, begin }) => {
    const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
    const { app, dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    homeserver.cut();
    await dunlin.connection("offline");
    await dunlin.send("A matter of its own");
    await openThread(dunlin, "A matter of its own");
    for (const text of ["one", "two"]) {
      await threadField(dunlin).fill(text);
      await threadField(dunlin).press("Enter");
      await expect(threadField(dunlin)).toHaveValue("");
    }
    await untilAnswered(dunlin.page, "half a thought", async () => {
      await threadField(dunlin).fill("half a thought");
      await threadField(dunlin).blur();
    });
    await expect(dunlin.log.locator("[data-thread-count='2']")).toContainText("two");
    await app.kill();
    homeserver.mend();
    const { dunlin: again } = await begin();
    await again.connection("live");
    await expect
      .poll(() => homeserver.world.events(roomId).filter(({ type }) => type === "m.room.message").length)
      .toBe(3);
    const [root, ...replies] = homeserver.world
      .events(roomId)
      .filter(({ type }) => type === "m.room.message");
    expect(replies.map(({ content }) => content["body"])).toEqual(["one", "two"]);
    for (const { content } of replies)
      expect(content["m.relates_to"]).toMatchObject({ rel_type: "m.thread", event_id: root?.event_id });
    await again.openRoom("Harbour", roomId);
    await openThread(again, "A matter of its own");
    await expect(threadField(again)).toHaveValue("half a thought");
    await expect(messageIn(threadLog(again), "two")).toBeVisible();
  },
);

test("what was missed of an open thread is said where it is missing, and comes when it is asked for again", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const root = world.sendMessage(roomId, "ben", "Where do we eat?");
  for (const text of ["At the pier", "Or the old mill"]) reply(homeserver, roomId, root, text);
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await openThread(dunlin, "Where do we eat?");
  const log = threadLog(dunlin);
  await expect(log).toHaveAttribute("data-older", "exhausted");
  const broken = faults.add({
    on: { path: /\/(relations\/|messages$)/ },
    do: { error: { status: 500, errcode: "M_UNKNOWN" } },
  });
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const syncs = faults.add({ on: { path: /\/sync$/ }, do: { holdBefore: promise } });
  // The question that the server has already is answered with this.
  world.setTyping(roomId, ["ben"]);
  await expect.poll(() => syncs.hits).toBe(1);
  syncs.remove();
  world.sendMany(roomId, 30, (index) => ({
    ...{ sender: "ben" },
    content: {
      ...{ msgtype: "m.text", body: `missed ${index}` },
      "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: true },
    },
  }));
  release();
  const shown = log.locator('[data-kind="message"], [data-gap]');
  const texts = (): Promise<string[]> =>
    shown.evaluateAll((rows) =>
      rows.map(
        (row) =>
          /missed \d+|At the pier|Or the old mill|Where do we eat|could not/.exec(row.textContent)?.[0] ??
          "?",
      ),
    );
  const missed = Array.from({ length: 30 }, (_, index) => `missed ${index}`);
  const before = ["Where do we eat", "At the pier", "Or the old mill"];
  await expect.poll(texts).toEqual([...before, "could not", ...missed.slice(10)]);
  const again = log.getByRole("button", { name: "Try again" });
  await expect(again).toHaveCount(1);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  broken.remove();
  await again.focus();
  await page.keyboard.press("Enter");
  await expect.poll(texts).toEqual([...before, ...missed]);
  await expect(log).toHaveAttribute("data-older", "exhausted");
  // The keyboard is still in the thread.
  await expect(log).toBeFocused();
});

const sendInThread = async (dunlin: AppPage, text: string): Promise<void> => {
  await threadField(dunlin).fill(text);
  await threadField(dunlin).press("Enter");
  await expect(threadField(dunlin)).toHaveValue("");
};
const bodies = (homeserver: Homeserver, roomId: string): unknown[] =>
  homeserver.world
    .events(roomId)
    .filter(({ type }) => type === "m.room.message")
    .map(({ content }) => content["body"]);

async function remove(dunlin: AppPage, message: Locator): Promise<void> {
  await message.hover();
  await message.getByRole("toolbar").getByRole("button", { name: "More actions" }).click();
  await dunlin.page.getByRole("menuitem", { name: "Delete…" }).click();
  await dunlin.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
}

test("offline: what was written in a thread is there in order after a kill, can be deleted, and goes out once", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const root = homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await openThread(dunlin, "Where do we eat?");
  homeserver.cut();
  await dunlin.connection("offline");
  for (const text of ["one", "two", "three", "four"]) await sendInThread(dunlin, text);
  await app.kill();

  const { dunlin: again } = await begin();
  await again.connection("offline");
  await again.openRoom("Harbour", roomId);
  await expect(again.log.locator("[data-thread-count='4']")).toContainText("four");
  await openThread(again, "Where do we eat?");
  const messages = threadLog(again).locator('[data-kind="message"]');
  const words = messages.locator(".words");
  await expect(words).toHaveText(["Where do we eat?", "one", "two", "three", "four"]);
  for (const state of ["one", "two", "three", "four"])
    await expect(messageIn(threadLog(again), state)).toHaveAttribute("data-send-state", "queued");
  // Neither the room nor its line tells of them as if they were its own.
  await expect(again.log.locator('[data-send-state="queued"]')).toHaveCount(0);
  await remove(again, messageIn(threadLog(again), "two"));
  await expect(words).toHaveText(["Where do we eat?", "one", "three", "four"]);
  await sendInThread(again, "five");

  // The answer to the first one is lost on the way back.
  homeserver.faults.add({ on: { method: "PUT", path: /\/send\// }, do: { answerLost: true }, times: 1 });
  homeserver.mend();
  await again.connection("live");
  const sent = ["Where do we eat?", "one", "three", "four", "five"];
  await expect.poll(() => bodies(homeserver, roomId), { timeout: 60_000 }).toEqual(sent);
  await expect(threadLog(again).locator('[data-send-state="queued"]')).toHaveCount(0);
  await expect(words).toHaveText(sent);
  const said = homeserver.world.events(roomId).filter(({ type }) => type === "m.room.message");
  for (const { content } of said.slice(1))
    expect(content["m.relates_to"]).toMatchObject({ rel_type: "m.thread", event_id: root });
  const puts = homeserver.wire.requests.filter(({ path }) => /\/send\//.test(path));
  expect(new Set(puts.map(({ path }) => path)).size).toBe(4);
  await expect(again.log.locator("[data-thread-count='4']")).toContainText("five");
});

test("what the server refuses in a thread waits there, over a restart, is tried again and deleted", async ({
  homeserver,
  begin,
}, testInfo) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await openThread(dunlin, "Where do we eat?");
  const rule = homeserver.faults.add({
    on: { method: "PUT", path: /\/send\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  await sendInThread(dunlin, "At the pier");
  await sendInThread(dunlin, "Or the old mill");
  const pier = messageIn(threadLog(dunlin), "At the pier");
  const mill = messageIn(threadLog(dunlin), "Or the old mill");
  for (const message of [pier, mill]) await expect(message).toHaveAttribute("data-send-state", "unsent");
  // Whoever does not look into the thread hears of it: at its root, and in the list of rooms.
  await expect(dunlin.log.locator("[data-thread-count='2']")).toContainText("2 not sent");
  await expect(dunlin.row(roomId)).toContainText("2 unsent messages");
  expect((await new AxeBuilder({ page: dunlin.page }).analyze()).violations).toEqual([]);
  for (const colorScheme of ["light", "dark"] as const) {
    await dunlin.page.emulateMedia({ colorScheme });
    const body = await dunlin.page.screenshot();
    await testInfo.attach(`unsent-in-thread-${colorScheme}`, { body, contentType: "image/png" });
  }
  // In vain, and what was refused stays where it is.
  await pier.getByRole("button", { name: "Retry" }).click();
  await expect.poll(() => rule.hits).toBe(3);
  await expect(pier).toHaveAttribute("data-send-state", "unsent");
  await app.kill();
  rule.remove();

  const { dunlin: again } = await begin();
  await again.connection("live");
  await again.openRoom("Harbour", roomId);
  // The server knows no such thread: what waits makes it one.
  await again.page.getByRole("button", { name: "Threads", exact: true }).click();
  const entry = again.page.getByRole("list", { name: "Threads" }).getByRole("button");
  await expect(entry).toContainText(/Where do we eat\?.*2 not sent.*Or the old mill/s);
  expect((await new AxeBuilder({ page: again.page }).analyze()).violations).toEqual([]);
  const body = await again.page.screenshot();
  await testInfo.attach("unsent-in-thread-list", { body, contentType: "image/png" });
  await entry.click();
  const words = threadLog(again).locator('[data-kind="message"] .words');
  await expect(words).toHaveText(["Where do we eat?", "At the pier", "Or the old mill"]);
  await messageIn(threadLog(again), "Or the old mill").getByRole("button", { name: "Delete" }).click();
  await expect(words).toHaveText(["Where do we eat?", "At the pier"]);
  await messageIn(threadLog(again), "At the pier").getByRole("button", { name: "Retry" }).click();
  await expect.poll(() => bodies(homeserver, roomId)).toEqual(["Where do we eat?", "At the pier"]);
  await expect(threadLog(again).locator('[data-send-state="unsent"]')).toHaveCount(0);
  await expect(again.log.locator("[data-thread-count='1']")).not.toContainText("not sent");
});

test("a thread left open while its root is reworded after a refusal and sent is read like any other", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  homeserver.cut();
  await dunlin.connection("offline");
  await dunlin.send("Where do we eet?");
  await openThread(dunlin, "Where do we eet?");
  const rule = homeserver.faults.add({
    on: { method: "PUT", path: /\/send\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  homeserver.mend();
  const refused = messageIn(dunlin.log, "Where do we eet?");
  await expect(refused).toHaveAttribute("data-send-state", "unsent");
  rule.remove();
  await refused.getByRole("button", { name: "Edit" }).click();
  await dunlin.composer.fill("Where do we eat?");
  await dunlin.composer.press("Enter");
  await expect.poll(() => bodies(homeserver, roomId)).toEqual(["Where do we eat?"]);
  await expect(messageIn(threadLog(dunlin), "Where do we eat?")).toHaveAttribute("data-send-state", "sent");
  const root = homeserver.world.events(roomId).at(-1)?.event_id ?? "";
  const answer = reply(homeserver, roomId, root, "At the pier");
  await expect(messageIn(threadLog(dunlin), "At the pier")).toBeVisible();
  await expect(threadLog(dunlin)).toHaveAttribute("data-thread-id", root);
  await expect(dunlin.log.locator("[data-thread-count='1'][data-thread-unread='0']")).toBeVisible();
  await expect
    .poll(() => homeserver.world.receipts(roomId).find(({ threadId }) => threadId === root)?.eventId)
    .toBe(answer);
});

test("a link to a reply opens its thread beside the room", async ({ homeserver, begin }) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const root = homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
  const target = reply(homeserver, roomId, root, "At the pier");
  homeserver.world.sendMessage(roomId, "ben", `https://matrix.to/#/${roomId}/${target}`);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.log.getByRole("link").click();
  await expect(messageIn(threadLog(dunlin), "At the pier")).toHaveAttribute("data-target", "true");
});

test("a draft comes back with what it answers, and the card of a sender opens from the timeline", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const asked = homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const message = messageIn(dunlin.log, "Where do we eat?");
  await message.hover();
  await message.getByRole("button", { name: "Reply", exact: true }).click();
  await dunlin.composer.fill("At the");
  await dunlin.composer.blur();
  // What is asked later is answered later: the draft is on disk.
  await dunlin.page.getByRole("button", { name: "Details" }).click();
  await expect(dunlin.page.locator("[data-panel]")).toContainText("Invite people");
  await app.kill();
  const { dunlin: again } = await begin();
  await again.openRoom("Harbour", roomId);
  await expect(again.composer).toHaveValue("At the");
  await expect(again.page.locator(`[data-replying-to="${asked}"]`)).toContainText("Where do we eat?");
  await again.composer.fill("At the pier");
  await again.composer.press("Enter");
  await expect
    .poll(() => homeserver.world.events(roomId).at(-1)?.content["m.relates_to"])
    .toEqual({ "m.in_reply_to": { event_id: asked } });
  await again.log.getByRole("button", { name: "Ben", exact: true }).click();
  await expect(
    again.page.getByRole("region", { name: "Profile" }).or(again.page.locator("[data-panel]")),
  ).toContainText("@ben:");
});

test("a reply deleted while one answers it in its thread takes its words out of the bar there", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const root = homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
  const secret = reply(homeserver, roomId, root, "the secret");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await openThread(dunlin, "Where do we eat?");
  const message = messageIn(threadLog(dunlin), "the secret");
  await message.hover();
  await message.getByRole("button", { name: "Reply", exact: true }).click();
  await threadField(dunlin).fill("Oh no");
  const bar = dunlin.page.locator(`[data-replying-to="${secret}"]`);
  await expect(bar).toContainText("the secret");
  homeserver.world.redact(roomId, "ben", secret);
  await expect(bar).toContainText("Message deleted");
  await expect(dunlin.page.getByText("the secret")).toHaveCount(0);
  await expect(threadField(dunlin)).toHaveValue("Oh no");
});

test("a message that is not sent is not deleted over what is being written in its thread, and closes that when it goes", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  homeserver.cut();
  await dunlin.connection("offline");
  await dunlin.send("A matter of its own");
  await openThread(dunlin, "A matter of its own");
  await threadField(dunlin).fill("half a thought");
  homeserver.faults.add({
    on: { method: "PUT", path: /\/send\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  homeserver.mend();
  const root = messageIn(dunlin.log, "A matter of its own");
  await expect(root).toHaveAttribute("data-send-state", "unsent");
  await dunlin.page.locator("[data-panel]").getByRole("button", { name: "Close" }).click();
  await expect(threadField(dunlin)).toHaveCount(0);
  const remove = root.getByRole("button", { name: "Delete" });
  await remove.click();
  await expect(root.getByRole("alert")).toContainText("There is a draft in its thread");
  await expect(threadField(dunlin)).toHaveValue("half a thought");
  await threadField(dunlin).fill("");
  await remove.click();
  await expect(root).toHaveCount(0);
  await expect(threadField(dunlin)).toHaveCount(0);
});
