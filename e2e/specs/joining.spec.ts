import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../pages/story.ts";

// Whom one hears, and how one gets into rooms and out of them.

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("somebody who is ignored falls silent everywhere, and is heard again with what was missed", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.addUser("cy", { displayName: "Cy" });
  const roomId = world.createRoom({ creator: "ana", members: ["ben", "cy"], name: "Harbour" });
  world.sendMessage(roomId, "cy", "Ships ahoy");
  world.sendMessage(roomId, "ben", "Quiet, please");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const log = page.getByRole("log");
  await expect(log.getByText("Ships ahoy")).toBeVisible();
  world.accountData("ana", null, "m.ignored_user_list", {
    ignored_users: { "@cy:dunlin.test": {}, "@gone:far": {} },
  });
  await expect(log.getByText("Ships ahoy")).toHaveCount(0);
  await expect(log.getByText("Quiet, please")).toBeVisible();
  world.sendMessage(roomId, "cy", "Can you hear me?");
  world.sendMessage(roomId, "ben", "Silence");
  await expect(log.getByText("Silence")).toBeVisible();

  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  const list = settings.getByRole("list", { name: "Ignored people" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expectAccessible(page);
  await list.getByRole("button", { name: "Stop ignoring @gone:far" }).click();
  await list.getByRole("button", { name: "Stop ignoring Cy" }).click();
  await expect(settings.getByText("You ignore nobody.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(log.getByText("Can you hear me?")).toBeVisible();
  await expect(log.getByText("Ships ahoy")).toBeVisible();
  await expect(log.getByText(/Ships ahoy|Quiet, please|Can you hear me\?|Silence/)).toHaveText([
    /Ships ahoy/,
    /Quiet, please/,
    /Can you hear me\?/,
    /Silence/,
  ]);
});
