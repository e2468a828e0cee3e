import type { WireRequest } from "../homeserver/index.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";
import { leaveWindow, returnToWindow } from "../pages/window-focus.ts";

// What others see of us, and we of them, while nobody says a word.

const isTyping = ({ path }: WireRequest): boolean => path.includes("/typing/");
const isReceipt = ({ path }: WireRequest): boolean => /\/(receipt|read_markers)(\/|$)/.test(path);

test("others typing are named under the messages until they stop", async ({ homeserver, begin, page }) => {
  homeserver.world.addUser("cleo", { displayName: "Cleo" });
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben", "cleo"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  homeserver.world.setTyping(roomId, ["ben"]);
  await expect(page.getByText("Ben is typing…")).toBeVisible();
  homeserver.world.setTyping(roomId, ["ben", "cleo", "ana"]);
  await expect(page.getByText("Ben and Cleo are typing…")).toBeVisible();
  homeserver.world.setTyping(roomId, []);
  await expect(page.getByText(/typing…/)).toHaveCount(0);
});

test("our own typing is told once, taken back on sending, and never when the setting says no", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.composer.pressSequentially("hello there");
  await expect.poll(() => homeserver.world.typing(roomId)).toEqual(["@ana:dunlin.test"]);
  await dunlin.composer.press("Enter");
  await expect.poll(() => homeserver.world.typing(roomId)).toEqual([]);
  // The message ends it at the server already, our own word may come after.
  await expect
    .poll(() => homeserver.wire.requests.filter(isTyping).map(({ body }) => body))
    .toEqual([{ typing: true, timeout: 30_000 }, { typing: false }]);

  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("switch", { name: "Show others when I am typing" }).click();
  await page.keyboard.press("Escape");
  await dunlin.composer.pressSequentially("in secret");
  await dunlin.composer.press("Enter");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(2);
  expect(homeserver.wire.requests.filter(isTyping)).toHaveLength(2);
});

test(
  "a receipt goes out once, for what was seen in a window in front",
  headlessOnly("it listens to the WebSocket between page and core"),
  async ({ homeserver, begin, page }) => {
    const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
    homeserver.world.sendMessage(roomId, "ben", "before");
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    await expect.poll(() => homeserver.wire.requests.filter(isReceipt).length).toBe(1);

    await leaveWindow(page);
    homeserver.world.sendMessage(roomId, "ben", "unseen");
    await expect(dunlin.log.getByText("unseen")).toBeVisible();
    await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "1");
    const seen = homeserver.world.sendMessage(roomId, "ben", "seen on return");
    await expect(dunlin.log.getByText("seen on return")).toBeVisible();
    await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "2");
    await returnToWindow(page);
    await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "0");
    await expect
      .poll(() => homeserver.world.receipts(roomId).filter(({ userId }) => userId === "@ana:dunlin.test"))
      .toEqual([{ userId: "@ana:dunlin.test", type: "m.read", eventId: seen, threadId: undefined }]);
    // Two in all: none for the message nobody looked at.
    expect(homeserver.wire.requests.filter(isReceipt)).toHaveLength(2);
  },
);

test("with private receipts the server is told, others are not", async ({ homeserver, begin, page }) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const seen = homeserver.world.sendMessage(roomId, "ben", "read in private");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("switch", { name: "Show others what I have read" }).click();
  await page.keyboard.press("Escape");
  await dunlin.openRoom("Harbour", roomId);
  await expect
    .poll(() => homeserver.world.receipts(roomId).filter(({ userId }) => userId === "@ana:dunlin.test"))
    .toEqual([{ userId: "@ana:dunlin.test", type: "m.read.private", eventId: seen, threadId: undefined }]);
  await expect(dunlin.row(roomId)).toHaveAttribute("data-unread", "0");
});

test("readers stand beside the last message they read, and move down without moving a line", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const first = homeserver.world.sendMessage(roomId, "ana", "first");
  const second = homeserver.world.sendMessage(roomId, "ana", "second");
  homeserver.world.receipt(roomId, "ben", first);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const row = (eventId: string) => dunlin.log.locator(`[data-event-id="${eventId}"]`);
  const readers = { name: /^Read by Ben/ };
  await expect(row(first).getByRole("img", readers)).toBeVisible();
  const places = [await row(first).boundingBox(), await row(second).boundingBox()];
  homeserver.world.receipt(roomId, "ben", second);
  await expect(row(second).getByRole("img", readers)).toBeVisible();
  await expect(row(first).getByRole("img", readers)).toHaveCount(0);
  expect([await row(first).boundingBox(), await row(second).boundingBox()]).toEqual(places);
});
