import type { Page } from "@playwright/test";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/story.ts";

// Who is meant when people are invited: nobody typed is dropped, and a directory that refuses stops nobody.

const choose = async (page: Page, item: string): Promise<void> => {
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

test("three are invited with a new room: picked, entered and only typed; half a name is told at the field (CRT-08)", async ({
  homeserver,
  begin,
  page,
}) => {
  homeserver.world.addUser("cleo", { displayName: "Cleo" });
  homeserver.world.addUser("dora", { displayName: "Dora" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await choose(page, "New room");
  const dialog = page.getByRole("dialog", { name: "New room" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Harbour");
  const people = dialog.getByRole("combobox", { name: "Invite" });
  await people.fill("be");
  await dialog.getByRole("option", { name: /Ben/ }).click();
  const refusal = homeserver.faults.add({
    on: { path: /user_directory/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "no searching here" } },
  });
  await people.fill("cle");
  await expect(dialog.getByText("no searching here")).toBeVisible();
  await people.fill("@cleo:dunlin.test");
  await expect(dialog.getByRole("option", { name: /Cleo/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: "Remove Cleo" })).toBeVisible();
  await people.fill("dora");
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(dialog.getByText("“dora” is nobody yet")).toBeInViewport();
  await expect(people).toHaveAttribute("aria-invalid", "true");
  expect(homeserver.wire.count("POST", /createRoom$/)).toBe(0);
  await people.fill("@dora:dunlin.test");
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(page.getByRole("heading", { name: "Harbour", level: 1, exact: true })).toBeVisible();
  const sent = homeserver.wire.requests.find(({ path }) => path.endsWith("/createRoom"))?.body;
  expect(sent).toMatchObject({ invite: ["@ben:dunlin.test", "@cleo:dunlin.test", "@dora:dunlin.test"] });
  refusal.remove();
});

test("of those invited with a new room, who could not be is named, and the room is there", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  world.addUser("cleo", { displayName: "Cleo" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await choose(page, "New room");
  const dialog = page.getByRole("dialog", { name: "New room" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Harbour");
  const people = dialog.getByRole("combobox", { name: "Invite" });
  for (const name of ["Ben", "Cleo"]) {
    await people.fill(name);
    await dialog.getByRole("option", { name: new RegExp(name) }).click();
  }
  const blocked = { error: { status: 403, errcode: "M_INVITE_BLOCKED" } };
  faults.add({ on: { method: "POST", path: /createRoom$/ }, do: blocked, times: 1 });
  faults.add({ on: { method: "POST", path: /\/invite$/ }, do: blocked, times: 1 });
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "It was created" })).toHaveText(
    /not everybody could be invited\.\s*Ben: They do not take invitations\./,
  );
  await expectNoViolations(page, "not invited");
  await dialog.getByRole("button", { name: "Open the room" }).click();
  await expect(page.getByRole("heading", { name: "Harbour", level: 1, exact: true })).toBeVisible();
  await expect(dialog).toHaveCount(0);
});

test("a chat is begun with a typed ID while the directory is not there; who takes no invitations leaves no empty room behind", async ({
  homeserver,
  begin,
  page,
}) => {
  homeserver.faults.add({
    on: { path: /user_directory/ },
    do: { error: { status: 404, errcode: "M_UNRECOGNIZED" } },
  });
  const { world } = homeserver;
  const permit = (default_action: string) =>
    world.accountData("ben", null, "m.invite_permission_config", { default_action });
  permit("block");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await choose(page, "New chat");
  const dialog = page.getByRole("dialog", { name: "New chat" });
  await dialog.getByRole("combobox", { name: "People" }).fill("ben");
  await dialog.getByRole("button", { name: "Start the chat" }).click();
  await expect(dialog.getByText("“ben” is nobody yet")).toBeVisible();
  const start = async (): Promise<void> => {
    await dialog.getByRole("combobox", { name: "People" }).fill("@ben:dunlin.test");
    await dialog.getByRole("button", { name: "Start the chat" }).click();
  };
  await start();
  const refused = dialog.getByRole("alert").filter({ hasText: "could not be invited" });
  await expect(refused).toHaveText("@ben:dunlin.test could not be invited: They do not take invitations.");
  await expectNoViolations(page, "empty chat");
  const empty = page.getByRole("navigation", { name: "Rooms" }).getByText("Empty room");
  await expect(empty).toBeVisible();
  await dialog.getByRole("button", { name: "Leave the room" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(empty).toHaveCount(0);
  await choose(page, "New chat");
  await start();
  const refusals = () =>
    homeserver.wire.requests.filter(({ path, status }) => path.endsWith("/invite") && status === 403).length;
  const before = refusals();
  await dialog.getByRole("button", { name: "Invite again" }).click();
  // What was said of the first try stays while the second is under way.
  await expect.poll(refusals).toBe(before + 1);
  await expect(refused).toBeVisible();
  permit("allow");
  await dialog.getByRole("button", { name: "Invite again" }).click();
  await expect(page.getByRole("heading", { name: "Ben", level: 1, exact: true })).toBeVisible();
});

test("of several who are invited, those who could not be stay with the reason", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  world.addUser("cleo", { displayName: "Cleo" });
  const roomId = world.createRoom({ creator: "ana", name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByRole("button", { name: "Invite people" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite to Harbour" });
  for (const name of ["Ben", "Cleo"]) {
    await dialog.getByRole("combobox", { name: "People" }).fill(name);
    await dialog.getByRole("option", { name: new RegExp(name) }).click();
  }
  // Typed, not picked.
  await dialog.getByRole("combobox", { name: "People" }).fill("@far:away.test");
  faults.add({
    on: { method: "POST", path: /\/invite$/ },
    do: { error: { status: 403, errcode: "M_INVITE_BLOCKED" } },
    times: 1,
  });
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("Ben: They do not take invitations.");
  await expect(dialog.getByRole("button", { name: "Remove Ben" })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Remove Cleo" })).toHaveCount(0);
  expect(world.state(roomId, "m.room.member", "@cleo:dunlin.test")).toMatchObject({ membership: "invite" });
  expect(world.state(roomId, "m.room.member", "@far:away.test")).toMatchObject({ membership: "invite" });
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  expect(world.state(roomId, "m.room.member", "@ben:dunlin.test")).toMatchObject({ membership: "invite" });
});
