import { bodiesOf } from "../pages/events.ts";
import { expect, test } from "../pages/story.ts";

// What did not go: said in words, in the room, in the list and in the outbox, and never lost.

const send = /\/send\//;
const forbidden = { error: { status: 403, errcode: "M_FORBIDDEN", message: "Not here" } } as const;

test("a refused message says why and can be sent again, edited or deleted", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const refusal = homeserver.faults.add({ on: { method: "PUT", path: send, roomId }, do: forbidden });
  for (const text of ["to be sent again", "to be edittted", "to be deleted"]) await dunlin.send(text);
  const unsent = dunlin.log.locator('[data-send-state="unsent"]');
  await expect(unsent).toHaveCount(3);
  await expect(unsent.first()).toContainText("Not sent. You may not write in this room.");
  // The room says so in the list, too.
  await expect(dunlin.row(roomId)).toContainText("3 unsent messages");
  await expect(dunlin.row(roomId).locator(".badge.unsent")).toBeVisible();
  refusal.remove();

  await unsent.filter({ hasText: "to be deleted" }).getByRole("button", { name: "Delete" }).click();
  await expect(dunlin.log.getByText("to be deleted")).toHaveCount(0);
  await unsent.filter({ hasText: "to be edittted" }).getByRole("button", { name: "Edit" }).click();
  await expect(dunlin.composer).toHaveValue("to be edittted");
  await expect(dunlin.composer).toBeFocused();
  await dunlin.composer.fill("edited");
  await dunlin.composer.press("Enter");
  await expect(dunlin.composer).toHaveValue("");
  await expect(dunlin.log.locator('[data-send-state="sent"]', { hasText: "edited" })).toBeVisible();
  await unsent.filter({ hasText: "to be sent again" }).getByRole("button", { name: "Retry" }).click();
  await expect(unsent).toHaveCount(0);
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(2);
  await expect(dunlin.row(roomId).locator(".badge.unsent")).toHaveCount(0);
  await expect
    .poll(() => bodiesOf(homeserver.world.events(roomId)).sort())
    .toEqual(["edited", "to be sent again"]);
  await page.reload();
  await expect(dunlin.log.locator('[data-kind="message"]')).toHaveCount(2);
});

test("an edit of an unsent message can be left without losing what was being written", async ({
  homeserver,
  begin,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  homeserver.faults.add({ on: { method: "PUT", path: send, roomId }, do: forbidden });
  await dunlin.send("refused");
  await dunlin.composer.fill("meanwhile");
  await dunlin.log.locator('[data-send-state="unsent"]').getByRole("button", { name: "Edit" }).click();
  await expect(dunlin.composer).toHaveValue("refused");
  await dunlin.composer.press("Escape");
  await expect(dunlin.composer).toHaveValue("meanwhile");
  await dunlin.composer.fill("");
  await dunlin.composer.press("ArrowUp");
  await expect(dunlin.composer).toHaveValue("refused");
});

test("the outbox lists what is unsent in all rooms, and sends all of it again", async ({
  homeserver,
  begin,
  page,
}) => {
  const names = ["Harbour", "Lighthouse", "Pier"];
  const rooms = names.map((name) => ({
    name,
    roomId: homeserver.world.createRoom({ creator: "ana", name }),
  }));
  const { app, dunlin } = await begin();
  const refusal = homeserver.faults.add({ on: { method: "PUT", path: send }, do: forbidden });
  for (const { name, roomId } of rooms) {
    await dunlin.openRoom(name, roomId);
    await dunlin.send(`one in ${name}`);
    await dunlin.send(`two in ${name}`);
    await expect(dunlin.log.locator('[data-send-state="unsent"]')).toHaveCount(2);
  }
  // A power cut does not change what is there.
  await app.kill();
  const { dunlin: again } = await begin();
  await again.connection("live");
  await page.getByRole("button", { name: "6 messages not sent" }).click();
  const outbox = page.getByRole("dialog", { name: "Not sent yet" });
  await expect(outbox.getByRole("listitem")).toHaveCount(6);
  for (const { name } of rooms) {
    await expect(outbox.getByRole("listitem").filter({ hasText: `one in ${name}` })).toContainText(
      "You may not write in this room.",
    );
  }
  await outbox.getByRole("button", { name: "Delete: two in Pier" }).click();
  await expect(outbox.getByRole("listitem")).toHaveCount(5);
  refusal.remove();
  await outbox.getByRole("button", { name: "Send all again" }).click();
  await expect(outbox).toContainText("Everything has been sent.");
  const sent = (index: number) => bodiesOf(homeserver.world.events(rooms[index]?.roomId ?? ""));
  expect([sent(0), sent(1), sent(2)]).toEqual([
    ["one in Harbour", "two in Harbour"],
    ["one in Lighthouse", "two in Lighthouse"],
    ["one in Pier"],
  ]);
});

test("a message written offline shows that it waits, the banner says why and for how long, and it leaves by itself", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.connection("live");
  homeserver.cut();
  await dunlin.connection("offline");
  await expect(page.getByText("No connection to the server.")).toBeVisible();
  await expect(page.getByText(/Trying again( in \d+ s\.|…)/)).toBeVisible();
  await dunlin.send("written at sea");
  const row = dunlin.log.locator('[data-kind="message"]');
  await expect(row).toHaveAttribute("data-send-state", "queued");
  const clock = row.getByRole("img", { name: "Waiting to be sent" });
  await expect(clock).toHaveCSS("opacity", "1");
  await expect(page.getByRole("button", { name: "1 message waiting" })).toBeVisible();
  homeserver.mend();
  await page.getByRole("button", { name: "Try now" }).click();
  await expect(row).toHaveAttribute("data-send-state", "sent");
  await expect(clock).toHaveCount(0);
  await dunlin.connection("live");
  await expect(page.getByText("No connection to the server.")).toHaveCount(0);
  expect(bodiesOf(homeserver.world.events(roomId))).toEqual(["written at sea"]);
});

test("signing out with unsent messages warns, and can be thought over", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  homeserver.faults.add({ on: { method: "PUT", path: send, roomId }, do: forbidden });
  await dunlin.send("still here");
  await expect(dunlin.log.locator('[data-send-state="unsent"]')).toHaveCount(1);
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Sign out" }).click();
  const confirm = page.getByRole("dialog", { name: "Sign out?" });
  await expect(confirm).toContainText("1 message has not been sent and will be lost.");
  await confirm.getByRole("button", { name: "Cancel" }).click();
  await page.keyboard.press("Escape");
  await expect(dunlin.log.getByText("still here")).toBeVisible();
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).getByRole("button", { name: "Sign out" }).click();
  await confirm.getByRole("button", { name: "Sign out" }).click();
  await dunlin.connection("signed-out");
  await homeserver.wire.waitFor(({ path }) => path.endsWith("/logout"));
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
});
