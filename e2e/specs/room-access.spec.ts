import type { Locator, Page } from "@playwright/test";
import { expect, headlessOnly, test } from "../pages/story.ts";

// Who can get into a room, as it is set in its panel; and what could not be set, told where it was tried.

const openDetails = async (page: Page): Promise<Locator> => {
  await page.getByRole("button", { name: "Details" }).click();
  return page.getByRole("region", { name: "Details" });
};

test("a room is opened to the members of spaces, then to those who ask as well, then to guests", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", name: "Harbour" });
  const town = world.createRoom({ creator: "ana", name: "Town", type: "m.space" });
  const club = world.createRoom({ creator: "ana", name: "Club", type: "m.space" });
  world.sendState(town, "ana", "m.space.child", roomId, { via: ["dunlin.test"] });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const details = await openDetails(page);
  const rule = details.getByRole("combobox", { name: "Who can join?" });
  await rule.selectOption("restricted");
  await expect(rule).toHaveValue("restricted");
  const member = (room_id: string) => ({ type: "m.room_membership", room_id });
  const rules = () => world.state(roomId, "m.room.join_rules");
  expect(rules()).toEqual({ join_rule: "restricted", allow: [member(town)] });
  const allowed = details.getByRole("group", { name: "Members of these may join" });
  await expect(allowed.getByRole("checkbox", { name: "Town" })).toBeChecked();
  await allowed.getByRole("checkbox", { name: "Club" }).check();
  await expect.poll(rules).toEqual({ join_rule: "restricted", allow: [member(town), member(club)] });
  await rule.selectOption("knock_restricted");
  await expect(rule).toHaveValue("knock_restricted");
  expect(rules()).toEqual({ join_rule: "knock_restricted", allow: [member(town), member(club)] });
  await allowed.getByRole("checkbox", { name: "Town" }).uncheck();
  await expect.poll(rules).toEqual({ join_rule: "knock_restricted", allow: [member(club)] });
  const guests = details.getByRole("switch", { name: "Guests may join" });
  const wasOpen = await guests.isChecked();
  await guests.setChecked(!wasOpen);
  const access = (isOpen: boolean) => ({ guest_access: isOpen ? "can_join" : "forbidden" });
  await expect.poll(() => world.state(roomId, "m.room.guest_access")).toEqual(access(!wasOpen));
  await guests.setChecked(wasOpen);
  await expect.poll(() => world.state(roomId, "m.room.guest_access")).toEqual(access(wasOpen));
  await rule.selectOption("invite");
  await expect(allowed).toHaveCount(0);
  expect(rules()).toEqual({ join_rule: "invite" });
});

test("what a room's version cannot have is not offered, with the way to get it", async ({
  homeserver,
  begin,
  page,
}) => {
  const old = homeserver.world.createRoom({ creator: "ana", name: "Old", version: "6" });
  const middle = homeserver.world.createRoom({ creator: "ana", name: "Middle", version: "8" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Old", old);
  const details = await openDetails(page);
  const options = details.getByRole("combobox", { name: "Who can join?" }).getByRole("option");
  const offered = async () => {
    const all = await options.all();
    const told = await Promise.all(all.map(async (one) => [await one.textContent(), await one.isEnabled()]));
    return told.filter(([, isEnabled]) => isEnabled === false).map(([text]) => text);
  };
  await expect
    .poll(offered)
    .toEqual([
      "People may ask to join (upgrade the room first)",
      "Members of chosen spaces or rooms (upgrade the room first)",
      "Members of chosen spaces or rooms; others may ask (upgrade the room first)",
    ]);
  await dunlin.row(middle).click();
  await expect
    .poll(offered)
    .toEqual(["Members of chosen spaces or rooms; others may ask (upgrade the room first)"]);
});

test("what could not be changed is told at its field, in sight, and what was typed stays", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ana", name: "Harbour", alias: "harbour" });
  world.setAlias("#other:dunlin.test", roomId);
  world.createRoom({ creator: "ben", alias: "taken" });
  world.sendState(roomId, "ana", "m.room.canonical_alias", "", { alias: "#harbour:dunlin.test" });
  await page.setViewportSize({ width: 1280, height: 600 });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const details = await openDetails(page);
  const refuse = (path: RegExp, status: number, errcode: string) =>
    faults.add({ on: { method: "PUT", path }, do: { error: { status, errcode, message: "no" } }, times: 1 });
  const inSight = async (text: string): Promise<void> => {
    const told = details.getByText(text).and(details.locator(".error"));
    await expect(told).toHaveCount(1);
    await expect(told).toBeInViewport({ ratio: 1 });
    await expect(details.getByRole("alert").first()).toContainText(text);
  };

  const address = details.getByRole("textbox", { name: "New address" });
  await address.fill("taken");
  await details.getByRole("button", { name: "Add", exact: true }).click();
  await inSight("Not changed. This address is taken already.");
  await expect(address).toHaveValue("taken");
  await expect(address).toHaveAccessibleDescription("Not changed. This address is taken already.");
  await address.fill("free");
  await expect(details.getByText("This address is taken already.")).toHaveCount(0);
  refuse(/directory\/room/, 403, "M_FORBIDDEN");
  await details.getByRole("button", { name: "Add", exact: true }).click();
  await inSight("Not changed. The server does not allow this: “no”.");
  await address.fill("");

  refuse(/m\.room\.canonical_alias/, 400, "M_BAD_ALIAS");
  await details.getByRole("combobox", { name: "Main address" }).selectOption("#other:dunlin.test");
  await inSight("Not changed. This address does not lead to this room");
  faults.add({
    on: { method: "DELETE", path: /directory\/room/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "not yours" } },
    times: 1,
  });
  await details.getByRole("button", { name: "Remove #other:dunlin.test" }).click();
  await inSight("Not changed. The server does not allow this: “not yours”.");

  refuse(/m\.room\.join_rules/, 403, "M_FORBIDDEN");
  const rule = details.getByRole("combobox", { name: "Who can join?" });
  await rule.selectOption("public");
  await expect(rule).toHaveAccessibleDescription("Not changed. The server does not allow this: “no”.");
  await expect(rule).toHaveValue("invite");
  refuse(/m\.room\.guest_access/, 403, "M_FORBIDDEN");
  const guests = details.getByRole("switch", { name: "Guests may join" });
  const wasOpen = await guests.isChecked();
  await guests.click();
  await expect(guests).toHaveAccessibleDescription("Not changed. The server does not allow this: “no”.");
  await expect(guests).toBeChecked({ checked: wasOpen });
  await expect(details.getByText("Not changed.").and(details.locator(".error")).first()).toBeInViewport();
});

test("a link to a message one may not read says so, and leads back (HIS-10)", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const secret = "https://matrix.to/#/" + roomId + "/$before-we-came?via=dunlin.test";
  world.sendMessage(roomId, "ben", `as was said: ${secret}`);
  faults.add({
    on: { path: /\/context\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "not yours to see" } },
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.log.getByRole("link").click();
  await expect(page.getByText("You have no permission to read it in this room.")).toBeVisible();
  await page.getByRole("button", { name: "Back to latest" }).click();
  await expect(dunlin.log.getByText("as was said")).toBeVisible();
});

test(
  "the main address is copied while it leads here; else the room's ID, with a word of it (ALI-05)",
  headlessOnly("the clipboard is a browser's to give"),
  async ({ homeserver, begin, context, page }) => {
    const { world, faults } = homeserver;
    const roomId = world.createRoom({ creator: "ana", name: "Harbour", alias: "harbour" });
    const other = world.createRoom({ creator: "ben", name: "Other" });
    const alias = "#harbour:dunlin.test";
    world.sendState(roomId, "ana", "m.room.canonical_alias", "", { alias });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { dunlin } = await begin();
    await dunlin.openRoom("Harbour", roomId);
    const details = await openDetails(page);
    const copied = async (told: string): Promise<string> => {
      await details.getByRole("button", { name: "Copy the address" }).click();
      await expect(details.getByText(told, { exact: true })).toBeVisible();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied("Copied")).toBe(alias);
    world.setAlias(alias, other);
    const stale = "This address leads to another room now. The room's ID was copied instead.";
    expect(await copied(stale)).toBe(roomId);
    faults.add({
      on: { method: "GET", path: /directory\/room/ },
      do: { error: { status: 404, errcode: "M_NOT_FOUND", message: "gone" } },
    });
    const unsure = "The address could not be checked. The room's ID was copied instead.";
    expect(await copied(unsure)).toBe(roomId);
  },
);
