import { untilAnswered } from "../pages/core-calls.ts";
import { bodiesOf } from "../pages/events.ts";
import { failingMethod, holdablePort } from "../pages/port-hold.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// Words in the composer belong to their writer until they are on disk.

test("a draft belongs to its room and survives switching, a reload and a power cut", async ({
  homeserver,
  begin,
  page,
}) => {
  const one = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  const two = homeserver.world.createRoom({ creator: "ana", name: "Lighthouse" });
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", one);
  await dunlin.composer.fill("half a thought\nin two lines");
  await dunlin.openRoom("Lighthouse", two);
  await expect(dunlin.composer).toHaveValue("");
  await dunlin.composer.fill("another one");
  await dunlin.openRoom("Harbour", one);
  await expect(dunlin.composer).toHaveValue("half a thought\nin two lines");

  await page.reload();
  await expect(dunlin.composer).toHaveValue("half a thought\nin two lines");
  await dunlin.openRoom("Lighthouse", two);
  await expect(dunlin.composer).toHaveValue("another one");

  await app.kill();
  const { dunlin: again } = await begin();
  await again.openRoom("Harbour", one);
  await expect(again.composer).toHaveValue("half a thought\nin two lines");
  await again.openRoom("Lighthouse", two);
  await expect(again.composer).toHaveValue("another one");
  expect(homeserver.wire.count("PUT", /\/send\//)).toBe(0);
});

test("a draft that was sent does not come back after a power cut", async ({ homeserver, begin }) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.composer.fill("gone for good");
  await dunlin.rooms.getByRole("searchbox").focus();
  await dunlin.composer.press("Enter");
  await expect(dunlin.log.locator('[data-send-state="sent"]', { hasText: "gone for good" })).toBeVisible();
  await expect(dunlin.composer).toHaveValue("");
  await app.kill();
  const { dunlin: again } = await begin();
  await again.openRoom("Harbour", roomId);
  await expect(again.log.getByText("gone for good")).toBeVisible();
  await expect(again.composer).toHaveValue("");
});

test("changed words of a message survive a power cut in the middle of the edit, and are saved once", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  homeserver.world.sendMessage(roomId, "ben", "When?");
  homeserver.world.sendMessage(roomId, "ana", { msgtype: "m.text", body: "At eight" });
  const other = homeserver.world.createRoom({ creator: "ana", name: "Lighthouse" });
  const { app, dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.composer.fill("half a thought");
  const message = dunlin.log.locator('[data-kind="message"]').filter({ hasText: "At eight" });
  await message.hover();
  await message.getByRole("toolbar").getByRole("button", { name: "Edit" }).click();
  await expect(dunlin.composer).toHaveValue("At eight");
  await dunlin.composer.fill("At the pier, at nine");
  // What is asked of the core after the draft is answered after it.
  await dunlin.openRoom("Lighthouse", other);
  await expect(dunlin.composer).toHaveValue("");
  await app.kill();

  const { app: second, dunlin: again } = await begin();
  await again.openRoom("Harbour", roomId);
  await expect(again.composer).toHaveValue("At the pier, at nine");
  await expect(again.page.getByText("Editing a message")).toBeVisible();
  await again.composer.press("Enter");
  await expect(again.composer).toHaveValue("half a thought");
  await expect(again.log.getByText("At the pier, at nine")).toBeVisible();
  await second.kill();

  const { dunlin: third } = await begin();
  await third.openRoom("Harbour", roomId);
  await expect(third.log.getByText("At the pier, at nine")).toBeVisible();
  await expect(third.composer).toHaveValue("half a thought");
  const edits = () =>
    homeserver.world.events(roomId).filter(({ content }) => content["m.new_content"] !== undefined);
  await expect.poll(() => edits().length).toBe(1);
});

test(
  "the composer clears only when the words are on disk, and keeps what was typed meanwhile",
  headlessOnly("it listens to the WebSocket between page and core"),
  async ({ homeserver, begin, page }) => {
    const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
    const port = await holdablePort(page);
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    port.hold();
    await dunlin.composer.pressSequentially("first");
    await dunlin.composer.press("Enter");
    await homeserver.wire.waitFor((request) => request.path.includes("/send/"));
    await expect(dunlin.composer).toHaveValue("first");
    await dunlin.composer.pressSequentially(" and then");
    port.release();
    await expect(dunlin.composer).toHaveValue(" and then");
    await dunlin.composer.press("Enter");
    await expect(dunlin.composer).toHaveValue("");
    await expect.poll(() => bodiesOf(homeserver.world.events(roomId))).toEqual(["first", " and then"]);
  },
);

test(
  "Enter pressed twice sends once",
  headlessOnly("it listens to the WebSocket between page and core"),
  async ({ homeserver, begin, page }) => {
    const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
    const port = await holdablePort(page);
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    port.hold();
    await dunlin.composer.fill("only once");
    await dunlin.composer.press("Enter");
    await dunlin.composer.press("Enter");
    await page.getByRole("button", { name: "Send", exact: true }).dblclick();
    port.release();
    await expect(dunlin.composer).toHaveValue("");
    await dunlin.send("the next");
    await expect.poll(() => bodiesOf(homeserver.world.events(roomId))).toEqual(["only once", "the next"]);
  },
);

test(
  "a draft of a thread that cannot be loaded is not overwritten, and stands before what was typed meanwhile",
  headlessOnly("it lets the core fail on the WebSocket between page and core"),
  async ({ homeserver, begin, page }) => {
    const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
    homeserver.world.sendMessage(roomId, "ben", "Where do we eat?");
    const { app, dunlin } = await begin();
    const openThread = async (on: typeof dunlin) => {
      await on.openRoom("Harbour", roomId);
      const message = on.log.locator('[data-kind="message"]').filter({ hasText: "Where do we eat?" });
      await message.hover();
      await message.getByRole("toolbar").getByRole("button", { name: "Reply in thread" }).click();
      return on.page.getByRole("textbox", { name: "Reply in thread", exact: true });
    };
    const field = await openThread(dunlin);
    await untilAnswered(dunlin.page, "At the pier", async () => {
      await field.fill("At the pier");
      await field.blur();
    });
    await app.kill();

    const failing = await failingMethod(page, "loadThreadDraft");
    const { app: second, dunlin: again } = await begin();
    const empty = await openThread(again);
    const notice = again.page.getByRole("alert").filter({ hasText: "Your draft could not be loaded" });
    await expect(notice).toBeVisible();
    await empty.fill("Or at the mill");
    await again.composer.focus();
    await expect(notice).toBeVisible();
    failing.mend();
    await untilAnswered(again.page, "At the pier", () =>
      again.page.getByRole("button", { name: "Try again" }).click(),
    );
    await expect(empty).toHaveValue("At the pier\nOr at the mill");
    await expect(notice).toHaveCount(0);
    await second.kill();

    const { dunlin: third } = await begin();
    await expect(await openThread(third)).toHaveValue("At the pier\nOr at the mill");
  },
);
