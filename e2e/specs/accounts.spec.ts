import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/story.ts";

// Two accounts in one window.

test("a second account is added, each keeps its own rooms, drafts and unread count, and one is signed out without a trace", async ({
  begin,
  homeserver,
}) => {
  const { world } = homeserver;
  world.addUser("work", { displayName: "Ana at work" });
  const ids = {
    ana: world.user("ana").userId,
    ben: world.user("ben").userId,
    work: world.user("work").userId,
  };
  // A room that both accounts are in: what is written in one must not show in the other.
  const shared = world.createRoom({ creator: ids.ben, name: "Canteen", members: [ids.ana, ids.work] });
  const home = world.createRoom({ creator: ids.ana, name: "Home", members: [ids.ben] });
  const office = world.createRoom({ creator: ids.work, name: "Office", members: [ids.ben] });
  const { page, dunlin } = await begin();
  const accounts = (): ReturnType<typeof page.getByRole> => page.getByRole("button", { name: /^Account / });
  const choose = async (name: string | RegExp): Promise<void> => {
    await accounts().click();
    await page.getByRole("menuitem", { name }).click();
  };

  await dunlin.openRoom("Canteen", shared);
  await dunlin.composer.fill("from my own sofa");
  await choose("Add account");
  await expect(page.getByRole("button", { name: "Back to Ana" })).toBeVisible();
  await dunlin.signIn(homeserver.baseUrl, "work", "password");
  await expect(dunlin.row(office)).toBeVisible();
  await expect(dunlin.row(home)).toHaveCount(0);
  await dunlin.openRoom("Canteen", shared);
  await expect(dunlin.composer).toHaveValue("");

  await test.step("a message to the other account is counted at the button and in the menu", async () => {
    world.sendMessage(home, ids.ben, "dinner?");
    await expect(page.getByRole("button", { name: /1 unread in other accounts/ })).toBeVisible();
    await accounts().click();
    await expect(page.getByRole("menuitem", { name: /^Ana \(.*, 1 unread$/ })).toBeVisible();
    await expectNoViolations(page, "accounts");
    await page.keyboard.press("Escape");
  });

  await test.step("the draft of the first one waits where it was written", async () => {
    await choose(/^Ana \(/);
    await expect(dunlin.row(home)).toBeVisible();
    await expect(dunlin.row(office)).toHaveCount(0);
    await dunlin.openRoom("Canteen", shared);
    await expect(dunlin.composer).toHaveValue("from my own sofa");
  });

  await test.step("the second is signed out, and the first stays", async () => {
    await choose(/^Ana at work/);
    await expect(dunlin.row(office)).toBeVisible();
    await choose("Sign out");
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await expect(dunlin.row(home)).toBeVisible();
    await accounts().click();
    await expect(page.getByRole("menuitem", { name: /^Ana/ })).toHaveCount(1);
  });
});
