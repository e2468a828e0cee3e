import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../pages/story.ts";

// What needs which role: chosen, typed, added; and warned of where it cannot be taken back.

const openRoles = async (page: Page): Promise<Locator> => {
  await page.getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("region", { name: "Details" });
  await details.getByText("What needs which role").click();
  return details;
};

test("roles are set for what the room names and for what it does not, by word and by number", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const levels = () => world.state(roomId, "m.room.power_levels");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const details = await openRoles(page);
  const banning = details.getByRole("combobox", { name: "Ban people" });
  await banning.selectOption("100");
  await expect(banning).toHaveValue("100");
  expect(levels()).toMatchObject({ ban: 100 });
  await banning.selectOption({ label: "Another number…" });
  const number = details.getByRole("textbox", { name: "Level: Ban people" });
  await number.fill("101");
  await expect(details.getByText("A whole number, not above your own: 100.")).toBeVisible();
  await expect(details.getByRole("button", { name: "Set the level" })).toBeDisabled();
  await number.fill("75");
  await page.keyboard.press("Enter");
  await expect(banning).toHaveValue("75");
  await expect(banning.getByRole("option", { selected: true })).toHaveText("Custom (75)");
  expect(levels()).toMatchObject({ ban: 75 });
  const more = details.getByRole("group", { name: "Something else" });
  await more.getByRole("combobox", { name: "What" }).selectOption({ label: "Change who can join" });
  await more.getByRole("combobox", { name: "Needs" }).selectOption("100");
  await more.getByRole("button", { name: "Add to the list" }).click();
  await expect(details.getByRole("combobox", { name: "Change who can join" })).toHaveValue("100");
  expect(levels()).toMatchObject({ ban: 75, events: { "m.room.join_rules": 100 } });
  await more.getByRole("combobox", { name: "What" }).selectOption({ label: "Another type of event…" });
  const type = more.getByRole("textbox", { name: "Type of event" });
  await type.fill("m.room.join_rules");
  await expect(more.getByText("This one is in the list above.")).toBeVisible();
  await type.fill("org.example.poll");
  faults.add({
    on: { method: "PUT", path: /m\.room\.power_levels/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "too high" } },
    times: 1,
  });
  await more.getByRole("button", { name: "Add to the list" }).click();
  await expect(type).toHaveAccessibleDescription("Not changed. The server does not allow this: “too high”.");
  await expect(type).toBeInViewport();
  await expect(type).toHaveValue("org.example.poll");
  await more.getByRole("button", { name: "Add to the list" }).click();
  await expect(details.getByRole("combobox", { name: "org.example.poll" })).toHaveValue("50");
  expect(levels()).toMatchObject({ events: { "m.room.join_rules": 100, "org.example.poll": 50 } });
});

test("everybody is made one's equal only after a warning, and one's own role is not lost without one", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const common = world.createRoom({ creator: "ben", members: ["ana"], name: "Common" });
  world.sendState(common, "ben", "m.room.power_levels", "", {
    users: { "@ben:dunlin.test": 100 },
    users_default: 50,
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const details = await openRoles(page);
  const everybody = details.getByRole("combobox", { name: "Role of everybody else" });
  await everybody.selectOption("100");
  const equal = page.getByRole("dialog", { name: "Make everybody your equal?" });
  await expect(equal).toContainText("You cannot take this back");
  await equal.getByRole("button", { name: "Cancel" }).click();
  await expect(everybody).toHaveValue("0");
  const before = world.state(roomId, "m.room.power_levels");
  expect(before?.["users_default"] ?? 0).toBe(0);
  await everybody.selectOption("50");
  await expect(everybody).toHaveValue("50");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await everybody.selectOption("100");
  await equal.getByRole("button", { name: "Change it" }).click();
  await expect(equal).toHaveCount(0);
  await expect.poll(() => world.state(roomId, "m.room.power_levels")).toMatchObject({ users_default: 100 });

  await dunlin.row(common).click();
  await expect(page.getByRole("heading", { name: "Common", level: 1, exact: true })).toBeVisible();
  await details.getByText("What needs which role").click();
  await expect(everybody).toHaveValue("50");
  await everybody.selectOption("0");
  const lock = page.getByRole("dialog", { name: "Give up your own rights?" });
  await expect(lock).toContainText("could not take it back yourself");
  await lock.getByRole("button", { name: "Cancel" }).click();
  await expect(everybody).toHaveValue("50");
  expect(world.state(common, "m.room.power_levels")).toMatchObject({ users_default: 50 });
});
