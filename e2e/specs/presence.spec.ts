import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/story.ts";

// Whether others are here, in their own words.

test("somebody's card says whether they are here and in which words, and changes with it", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  world.setPresence("ben", { presence: "online", status_msg: "at sea", currently_active: true });
  await page.getByRole("button", { name: "2 members" }).click();
  // A mark in the list, in words too; nobody is said to be away of whom nothing is known (PRE-11).
  const members = page.getByRole("region", { name: "Members" });
  const ben = members.locator('[data-user-id="@ben:dunlin.test"]');
  await expect(ben).toHaveAccessibleName(/Online/);
  world.addUser("cleo", { displayName: "Cleo" });
  world.join(roomId, "cleo");
  await expect(members.locator('[data-user-id="@cleo:dunlin.test"]')).toHaveAccessibleName(
    /^Cleo @cleo:dunlin\.test$/,
  );
  await expectNoViolations(page, "members");
  await ben.click();
  const person = page.getByRole("region", { name: "Profile" });
  await expect(person.getByText("Online · at sea")).toBeVisible();
  await expectNoViolations(page, "profile");
  world.setPresence("ben", { presence: "offline", status_msg: "ashore" });
  await expect(person.getByText(/^Offline.* · ashore$/)).toBeVisible();
});
