import { expect, test } from "../pages/story.ts";

// Rooms one is asked into, and rooms where one cannot write: each says so.

test("an invitation names who sends it and is accepted", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", name: "Harbour", topic: "Ships" });
  world.sendMessage(roomId, "ben", "welcome");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  world.invite(roomId, "ana", "ben");
  await expect(dunlin.rooms.getByRole("button", { name: "Invites" })).toBeVisible();
  await dunlin.row(roomId).click();
  await expect(page.getByRole("heading", { name: "Invitation to Harbour" })).toBeVisible();
  await expect(page.getByText("Ben (@ben:dunlin.test) invites you.")).toBeVisible();
  await expect(dunlin.composer).toHaveCount(0);
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(dunlin.composer).toBeVisible();
  await expect(dunlin.rooms.getByRole("button", { name: "Invites" })).toHaveCount(0);
  expect(world.members(roomId)).toContain("@ana:dunlin.test");
  await dunlin.send("glad to be here");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1);
});

test("a refused acceptance says why; a declined invitation is gone", async ({ homeserver, begin, page }) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", invited: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.row(roomId).click();
  const rule = faults.add({
    on: { path: /\/join/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(page.getByRole("alert")).toContainText("The server does not allow this.");
  rule.remove();
  await page.getByRole("button", { name: "Decline" }).click();
  await expect(dunlin.row(roomId)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Decline" })).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(world.state(roomId, "m.room.member", "@ana:dunlin.test")).toMatchObject({ membership: "leave" });
});

test("an encrypted room says honestly that it cannot be read or written here", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Vault", encrypted: true });
  world.sendMessage(
    roomId,
    "ben",
    { algorithm: "m.megolm.v1.aes-sha2", ciphertext: "AwgAEn", session_id: "s", sender_key: "k" },
    { type: "m.room.encrypted" },
  );
  const { dunlin } = await begin();
  await dunlin.openRoom("Vault", roomId);
  await expect(dunlin.log.locator('[data-kind="undecryptable"]')).toContainText(
    "Dunlin cannot read encrypted messages yet",
  );
  await expect(page.getByRole("note")).toContainText("never sends plain text into such a room");
  await expect(dunlin.composer).toHaveCount(0);
  // The header says of every room which it is (XSS-05).
  const header = page.getByRole("main");
  await expect(header.getByRole("img", { name: "Messages in this room are encrypted." })).toBeVisible();
  const open = world.createRoom({ creator: "ben", members: ["ana"], name: "Quay" });
  await dunlin.openRoom("Quay", open);
  await expect(header.getByRole("img", { name: "Messages in this room are not encrypted" })).toBeVisible();
  await expect(dunlin.row(roomId)).toContainText("Encrypted message");
});

test("a room that becomes encrypted while one writes takes nothing any more", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.composer.fill("about to say");
  world.sendState(roomId, "ben", "m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" });
  await expect(page.getByRole("note")).toContainText("This room is encrypted.");
  await expect(dunlin.composer).toHaveCount(0);
  expect(homeserver.wire.count("PUT", /\/send\//)).toBe(0);
});

test("where one may not write the composer says so, and comes back with the right to", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const levels = (ana: number) => ({
    users: { "@ben:dunlin.test": 100, "@ana:dunlin.test": ana },
    events_default: 50,
  });
  const roomId = world.createRoom({
    creator: "ben",
    members: ["ana"],
    name: "News",
    powerLevels: levels(0),
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("News", roomId);
  await expect(page.getByRole("note")).toContainText("You do not have permission to write in this room.");
  await expect(dunlin.composer).toHaveCount(0);
  world.sendState(roomId, "ben", "m.room.power_levels", "", levels(50));
  await expect(dunlin.composer).toBeVisible();
  await dunlin.send("at last");
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1);
});

test("an upgraded room leads to the new one", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const old = world.createRoom({ creator: "ben", members: ["ana"], name: "Old harbour" });
  const fresh = world.createRoom({ creator: "ben", members: ["ana"], name: "New harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Old harbour", old);
  world.sendState(old, "ben", "m.room.tombstone", "", { body: "moved", replacement_room: fresh });
  await expect(page.getByRole("note")).toContainText("This room has moved to a new one.");
  await page.getByRole("button", { name: "Go to the new room" }).click();
  await expect(page.getByRole("heading", { name: "New harbour", exact: true })).toBeVisible();
  await expect(dunlin.composer).toBeVisible();
});

test("being removed from the open room says so and keeps what was read", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMessage(roomId, "ben", "some last words");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("some last words")).toBeVisible();
  world.ban(roomId, "ana", "ben", "enough");
  await expect(page.getByRole("note")).toContainText("You are banned from this room.");
  await expect(dunlin.log.getByText("some last words")).toBeVisible();
  await expect(dunlin.composer).toHaveCount(0);
});
