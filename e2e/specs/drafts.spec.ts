import { bodiesOf } from "../pages/events.ts";
import { holdablePort } from "../pages/port-hold.ts";
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
