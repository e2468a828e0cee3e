import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../pages/story.ts";

// The panel beside a room: its settings, its people, their rights.

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    const said = violations.map(
      ({ id, nodes }) => `${screen}: ${id} ${nodes.map(({ html }) => html).join(" ")}`,
    );
    expect(said).toEqual([]);
  }
}
const panel = (page: Page, name: string): Locator => page.getByRole("region", { name });

test("a room's settings are changed in its panel, and a refusal is told there", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Details" }).click();
  const details = panel(page, "Details");
  const refusal = faults.add({
    on: { method: "PUT", path: /m\.room\.name/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    times: 1,
  });
  await details.getByRole("textbox", { name: "Name" }).fill("Pier");
  await details.getByRole("button", { name: "Save" }).click();
  await expect(details.getByRole("alert").first()).toContainText("Not changed.");
  await expect(details.getByRole("textbox", { name: "Name" })).toHaveValue("Pier");
  refusal.remove();
  await details.getByRole("textbox", { name: "Topic" }).fill("Boats");
  await details.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Pier", level: 1, exact: true })).toBeVisible();
  await expect(page.locator("header").last()).toContainText("Boats");
  await details
    .getByRole("combobox", { name: "Who can join?" })
    .selectOption({ label: "People may ask to join" });
  await details.getByRole("combobox", { name: "Who can read its history?" }).selectOption("joined");
  await details.getByRole("switch", { name: "Listed in the server's directory" }).check();
  world.setAlias("#quay:dunlin.test", world.createRoom({ creator: "ben", name: "Quay" }));
  const address = details.getByRole("textbox", { name: "New address" });
  await address.fill("quay");
  await details.getByRole("button", { name: "Add", exact: true }).click();
  await expect(address).toHaveAccessibleDescription(/taken already/);
  await expect(address).toHaveValue("quay");
  await address.fill("pier");
  await expect(address).toHaveAccessibleDescription("Will be #pier:dunlin.test");
  await details.getByRole("button", { name: "Add", exact: true }).click();
  await expect(details.getByRole("combobox", { name: "Main address" })).toHaveValue("#pier:dunlin.test");
  expect(world.state(roomId, "m.room.join_rules")).toEqual({ join_rule: "knock" });
  expect(world.state(roomId, "m.room.history_visibility")).toEqual({ history_visibility: "joined" });
  await expectAccessible(page, "details");
  await details.getByRole("button", { name: "Remove #pier:dunlin.test" }).click();
  await expect(details.getByRole("combobox", { name: "Main address" })).toHaveValue("");
  await details.getByRole("switch", { name: "Developer tools" }).check();
  await details.getByRole("button", { name: "Room state" }).click();
  const state = page.getByRole("dialog", { name: "Room state" });
  await state.getByRole("button", { name: "New state event" }).click();
  await state.getByRole("textbox", { name: "Type" }).fill("org.example.test");
  await state.getByRole("textbox", { name: "Content (JSON)" }).fill("{");
  await state.getByRole("button", { name: "Send to the room" }).click();
  await expect(state.getByRole("alert")).toContainText("This is not a JSON object.");
  await state.getByRole("textbox", { name: "Content (JSON)" }).fill('{"a": 1}');
  await state.getByRole("button", { name: "Send to the room" }).click();
  await expect(state.getByText("org.example.test")).toBeVisible();
  await expectAccessible(page, "state");
  await page.keyboard.press("Escape");
  await details.getByRole("button", { name: "Upgrade the room" }).click();
  const upgrade = page.getByRole("dialog", { name: "Upgrade this room?" });
  await upgrade.getByRole("combobox", { name: "New version" }).selectOption("12");
  await upgrade.getByRole("button", { name: "Upgrade the room" }).click();
  await expect(details.getByText("This room continues an older one.")).toBeVisible();
});

test("where one's rights do not reach, everything says so and nothing can be changed", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({
    creator: "ben",
    members: ["ana"],
    name: "News",
    initialState: [
      {
        type: "m.room.server_acl",
        content: { allow: ["*"], deny: ["bad.example"], allow_ip_literals: false },
      },
      {
        type: "im.vector.modular.widgets",
        stateKey: "w1",
        content: { type: "m.custom", url: "https://w.example/", name: "Clock" },
      },
    ],
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("News", roomId);
  await page.getByRole("button", { name: "Details" }).click();
  const details = panel(page, "Details");
  await expect(details.getByRole("textbox", { name: "Name" })).toBeDisabled();
  await expect(details.getByRole("combobox", { name: "Who can join?" })).toBeDisabled();
  await expect(details.getByText("Your rights in this room do not reach for this.").first()).toBeVisible();
  await expect(details.getByText("Shut out: bad.example.")).toBeVisible();
  await expect(details.getByText("Clock")).toBeVisible();
  await expect(page.locator("iframe")).toHaveCount(0);
  world.sendState(roomId, "ben", "m.room.power_levels", "", {
    users: { "@ben:dunlin.test": 100, "@ana:dunlin.test": 50 },
  });
  await expect(details.getByRole("textbox", { name: "Name" })).toBeEnabled();
});

test("a member is found among many, promoted, removed, banned and let back in", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  for (let i = 0; i < 300; i += 1)
    world.join(roomId, `@m${String(i).padStart(3, "0")}:far.test`, { displayName: `Member ${i}` });
  for (let i = 0; i < 6; i += 1) world.sendMessage(roomId, "ben", `noise ${i}`);
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "302 members" }).click();
  const members = panel(page, "Members");
  await expect(members.getByText("302 people")).toBeVisible();
  await expect(members.locator("[data-user-id]").first()).toContainText("Administrator");
  expect(await members.locator("[data-user-id]").count()).toBeLessThan(60);
  await members.locator("[data-user-id]").first().focus();
  await page.keyboard.press("End");
  await expect(page.locator(":focus")).toContainText("Member 99");
  await expectAccessible(page, "members");
  await members.getByRole("searchbox", { name: "Find a member" }).fill("ben");
  await members.locator('[data-user-id="@ben:dunlin.test"]').click();
  const person = panel(page, "Profile");
  await expect(person.getByText("1 room in common")).toBeVisible();
  await person.getByRole("combobox", { name: "Role" }).selectOption("100");
  const equal = page.getByRole("dialog", { name: "Make Ben your equal?" });
  await expect(equal).toContainText("You cannot take this back");
  await equal.getByRole("button", { name: "Cancel" }).click();
  await person.getByRole("combobox", { name: "Role" }).selectOption("50");
  await expect(person.getByRole("combobox", { name: "Role" })).toHaveValue("50");
  expect(world.state(roomId, "m.room.power_levels")).toMatchObject({ users: { "@ben:dunlin.test": 50 } });
  await expectAccessible(page, "profile");
  await person.getByRole("button", { name: "Delete their messages" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(person.getByText("6 messages deleted.")).toBeVisible();
  await person.getByRole("button", { name: "Ban from the room" }).click();
  const ban = page.getByRole("dialog", { name: "Ban Ben?" });
  await ban.getByRole("textbox").fill("too loud");
  await ban.getByRole("button", { name: "Ban from the room" }).click();
  await expect(person.getByRole("button", { name: "Lift the ban" })).toBeVisible();
  expect(world.state(roomId, "m.room.member", "@ben:dunlin.test")).toMatchObject({
    membership: "ban",
    reason: "too loud",
  });
  await person.getByRole("button", { name: "Lift the ban" }).click();
  const lift = page.getByRole("dialog", { name: "Lift the ban of Ben?" });
  await lift.getByRole("textbox").fill("cooled down");
  await lift.getByRole("button", { name: "Lift the ban" }).click();
  await person.getByRole("button", { name: "Invite", exact: true }).click();
  const invite = page.getByRole("dialog", { name: "Invite Ben?" });
  await invite.getByRole("textbox").fill("come back");
  await invite.getByRole("button", { name: "Invite" }).click();
  await expect(person.getByRole("combobox", { name: "Role" })).toBeVisible();
  const reasons = homeserver.wire.requests.filter(({ path }) => /\/(unban|invite)$/.test(path));
  expect(reasons.map(({ body }) => (body as { reason: string }).reason)).toEqual([
    "cooled down",
    "come back",
  ]);
  await person.getByRole("button", { name: "Ignore", exact: true }).click();
  await expect(person.getByText("You ignore this person")).toBeVisible();
  await person.getByRole("button", { name: "Report" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("rude");
  await page.getByRole("dialog").getByRole("button", { name: "Send the report" }).click();
  await expect(person.getByText("The report was sent.").last()).toBeVisible();
});

test("on a narrow window the panel covers the room, and Escape leads back", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  await page.setViewportSize({ width: 800, height: 600 });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await page.getByRole("button", { name: "Details" }).click();
  const details = panel(page, "Details");
  await expect(details).toBeVisible();
  await details.getByRole("button", { name: "Close the panel" }).focus();
  await page.keyboard.press("Escape");
  await expect(details).toHaveCount(0);
  await expect(dunlin.composer).toBeVisible();
});

test("requests to join are answered in their own words, on both sides", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const own = world.createRoom({ creator: "ana", name: "Harbour", joinRule: "knock" });
  const theirs = world.createRoom({ creator: "ben", name: "Club", joinRule: "knock" });
  world.addUser("cara", { displayName: "Cara" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", own);
  world.knock(own, "cara", "me too");
  world.leave(own, "cara");
  await expect(dunlin.log).toContainText("Cara took the request to join back");
  world.knock(own, "ben", "it is me");
  await page.getByRole("button", { name: "1 member" }).click();
  await panel(page, "Members").getByRole("combobox", { name: "Show" }).selectOption("knock");
  await panel(page, "Members").locator('[data-user-id="@ben:dunlin.test"]').click();
  const person = panel(page, "Profile");
  await expect(person.getByRole("button", { name: "Let them in" })).toBeVisible();
  await person.getByRole("button", { name: "Decline the request" }).click();
  const question = page.getByRole("dialog", { name: "Decline the request of Ben?" });
  await question.getByRole("textbox").fill("not today");
  await question.getByRole("button", { name: "Decline the request" }).click();
  await expect(person.getByRole("button", { name: "Decline the request" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  world.knock(own, "ben", "please");
  world.invite(own, "ben", "ana");
  await expect(dunlin.log).toContainText("You declined the request of Ben to join: not today");
  await expect(dunlin.log).toContainText("The request of Ben to join was accepted");
  await expect(dunlin.log).not.toContainText("removed");

  // Now Ana is the one who asks.
  world.knock(theirs, "ana", "it is me");
  await dunlin.row(theirs).click();
  await expect(page.getByText("You asked to join Club.")).toBeVisible();
  world.kick(theirs, "ana", "ben", "not now");
  await expect(dunlin.log).toContainText("Ben declined the request of Ana to join: not now");
  await page.getByRole("button", { name: "Ask to join" }).click();
  const again = page.getByRole("dialog", { name: "Ask to join Club" });
  await again.getByRole("textbox").fill("and now?");
  await again.getByRole("button", { name: "Ask to join" }).click();
  await expect(page.getByText("You asked to join Club.")).toBeVisible();
  expect(world.state(theirs, "m.room.member", "@ana:dunlin.test")).toMatchObject({ reason: "and now?" });
});
