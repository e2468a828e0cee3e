import type { Locator } from "@playwright/test";
import { expect, test } from "../launch/fixtures.ts";
import type { AppPage } from "../pages/app-page.ts";
import { SynapseTown, type Seat } from "../pages/synapse-town.ts";
import { serverMessages } from "../synapse/server-history.ts";

// What is said of messages, between two clients of ours on a real Synapse: reactions, answers, edits, deletions, threads.

let town: SynapseTown;
let ana: Seat;
let ben: Seat;

test.beforeAll(async ({ browser }) => {
  town = await SynapseTown.open(browser);
  [ana, ben] = await Promise.all([town.sitDown(town.ana), town.sitDown(town.ben)]);
});
test.afterAll(() => town?.close());

/** By its own words, not by those it quotes. */
const messageIn = (log: Locator, text: string): Locator =>
  log.locator('[data-kind="message"]').filter({ has: log.page().locator(".words", { hasText: text }) });
const threadLog = ({ page }: AppPage): Locator => page.getByRole("log", { name: "Thread", exact: true });
const threadField = ({ page }: AppPage): Locator =>
  page.getByRole("textbox", { name: "Reply in thread", exact: true });

async function act(log: Locator, text: string, name: string): Promise<void> {
  const message = messageIn(log, text);
  await message.hover();
  await message.getByRole("toolbar").getByRole("button", { name, exact: true }).click();
}

async function remove({ page, log }: AppPage, text: string, reason: string): Promise<void> {
  await act(log, text, "More actions");
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete this message?" });
  await dialog.getByRole("textbox").fill(reason);
  await dialog.getByRole("button", { name: "Delete" }).click();
}

/** The room is open at both. */
async function both(name: string): Promise<string> {
  const roomId = await town.room(name);
  await Promise.all([ana, ben].map(({ dunlin }) => dunlin.openRoom(name, roomId)));
  return roomId;
}

test("reactions of both are counted at both, and one that is taken back goes at both", async () => {
  await both("Reactions");
  await ben.dunlin.send("We are in");
  await expect(messageIn(ana.dunlin.log, "We are in")).toBeVisible();
  await act(ana.dunlin.log, "We are in", "React");
  await ana.dunlin.page.getByRole("button", { name: "React with 👍" }).click();
  const at = ({ dunlin }: Seat): Locator =>
    messageIn(dunlin.log, "We are in").locator('[data-reaction="👍"]');
  await expect(at(ben)).toHaveText(/👍\s*1/);
  await expect(at(ben)).toHaveAttribute("aria-pressed", "false");
  await at(ben).click();
  for (const seat of [ana, ben]) await expect(at(seat)).toHaveText(/👍\s*2/);
  await at(ana).click();
  for (const seat of [ana, ben]) await expect(at(seat)).toHaveText(/👍\s*1/);
  await expect(at(ana)).toHaveAttribute("aria-pressed", "false");
  await expect(at(ben)).toHaveAttribute("aria-pressed", "true");
});

test("an answer quotes, an edit changes both places and keeps its history, and a deletion empties the quote", async () => {
  const roomId = await both("Edits");
  await ben.dunlin.send("Is the baot in?");
  await expect(messageIn(ana.dunlin.log, "Is the baot in?")).toBeVisible();
  await act(ana.dunlin.log, "Is the baot in?", "Reply");
  await ana.dunlin.send("Since noon");
  const quote = ({ dunlin }: Seat): Locator =>
    messageIn(dunlin.log, "Since noon").locator("[data-quote-state]");
  for (const seat of [ana, ben]) await expect(quote(seat)).toContainText("Is the baot in?");

  await ben.dunlin.composer.press("ArrowUp");
  await expect(ben.dunlin.composer).toHaveValue("Is the baot in?");
  await ben.dunlin.composer.fill("Is the boat in?");
  await ben.dunlin.composer.press("Enter");
  await expect(ben.dunlin.composer).toHaveValue("");
  for (const seat of [ana, ben]) {
    await expect(quote(seat)).toContainText("Is the boat in?");
    await expect(seat.dunlin.log.getByText("Is the baot in?")).toHaveCount(0);
  }
  await messageIn(ana.dunlin.log, "Is the boat in?").getByRole("button", { name: "edited" }).click();
  const history = ana.dunlin.page.getByRole("dialog", { name: "Edit history" });
  await expect(history.getByRole("listitem")).toHaveText([/Is the boat in\?/, /Is the baot in\?/]);
  await ana.dunlin.page.keyboard.press("Escape");

  // By a moderator, with a reason that everybody can read.
  await remove(ana.dunlin, "Is the boat in?", "not for here");
  for (const seat of [ana, ben]) {
    await expect(seat.dunlin.log.getByText("Is the boat in?")).toHaveCount(0);
    await expect(quote(seat)).toHaveAttribute("data-quote-state", "redacted");
    const gone = seat.dunlin.log.locator('[data-kind="redacted"]');
    await gone.getByRole("button", { name: "By whom?" }).click();
    await expect(gone).toContainText(/Ana.*not for here/);
  }
  // Nobody's edit brings it back, and the server has no words of it either.
  expect((await serverMessages(town.synapse.baseUrl, ben.user.accessToken, roomId))[0]?.body).toBe("");
});

test("one's own message is deleted at both", async () => {
  const roomId = await both("Own");
  await ben.dunlin.send("Forget this");
  await ben.dunlin.send("Keep this");
  await expect(messageIn(ana.dunlin.log, "Forget this")).toBeVisible();
  await remove(ben.dunlin, "Forget this", "");
  for (const { dunlin } of [ana, ben]) {
    await expect(dunlin.log.getByText("Forget this")).toHaveCount(0);
    await expect(messageIn(dunlin.log, "Keep this")).toBeVisible();
    await expect(dunlin.row(roomId)).toContainText("Keep this");
  }
});

test("a thread begun by one is answered by the other; its unread count comes and goes; both find it in the list", async () => {
  const roomId = await both("Threads");
  await both("Elsewhere");
  await ana.dunlin.openRoom("Threads", roomId);
  await ana.dunlin.send("Where do we eat?");
  await act(ana.dunlin.log, "Where do we eat?", "Reply in thread");
  await threadField(ana.dunlin).fill("At the pier");
  await threadField(ana.dunlin).press("Enter");
  await expect(messageIn(threadLog(ana.dunlin), "At the pier")).toBeVisible();
  // Ben is in another room: the reply counts there, and in the thread once he looks at the room.
  await expect(ben.dunlin.row(roomId)).not.toHaveAttribute("data-unread", "0");
  await ben.dunlin.openRoom("Threads", roomId);
  await expect(ben.dunlin.log.locator("[data-thread-count='1'][data-thread-unread='1']")).toBeVisible();
  await expect(messageIn(ben.dunlin.log, "At the pier")).toHaveCount(0);
  await expect(ben.dunlin.row(roomId)).toHaveAttribute("data-unread", "1");

  const button = ben.dunlin.page.getByRole("button", { name: "Threads, 1 unread reply" });
  await button.click();
  const list = ben.dunlin.page.getByRole("list", { name: "Threads" });
  await list.getByRole("button").filter({ hasText: "Where do we eat?" }).click();
  await expect(messageIn(threadLog(ben.dunlin), "At the pier")).toBeVisible();
  await expect(ben.dunlin.row(roomId)).toHaveAttribute("data-unread", "0");
  await expect(ben.dunlin.log.locator("[data-thread-unread='0']")).toBeVisible();

  await threadField(ben.dunlin).fill("Or the old mill");
  await threadField(ben.dunlin).press("Enter");
  await expect(messageIn(threadLog(ana.dunlin), "Or the old mill")).toBeVisible();
  for (const { dunlin } of [ana, ben])
    await expect(dunlin.log.locator("[data-thread-count='2'][data-thread-unread='0']")).toContainText(
      "Or the old mill",
    );
  await expect(ana.dunlin.row(roomId)).toHaveAttribute("data-unread", "0");

  // A new device of Ben's learns of the thread from the server alone, and that it is read.
  const fresh = await town.sitDown(town.ben);
  await fresh.dunlin.openRoom("Threads", roomId);
  await fresh.dunlin.page.getByRole("button", { name: "Threads", exact: true }).click();
  await fresh.dunlin.page.getByRole("list", { name: "Threads" }).getByRole("button").click();
  await expect(threadLog(fresh.dunlin).locator('[data-kind="message"]')).toHaveCount(3);
  await expect(fresh.dunlin.row(roomId)).toHaveAttribute("data-unread", "0");
});
