import AxeBuilder from "@axe-core/playwright";
import { atRest, distanceToEnd, wheel } from "../pages/log-view.ts";
import { expect, test } from "../pages/story.ts";

// Finding a message by keyboard, reading it where it was said, and finding back to the present.

test("finds by keyboard what is far back, opens it in its surroundings, reads on and comes back", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const at = Date.UTC(2026, 0, 1);
  world.sendMany(roomId, 900, (i) => ({
    sender: "ben",
    content: i === 300 ? "the <b>lantern</b> of old" : `talk ${i}`,
    originServerTs: at + i * 60_000,
  }));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("talk 899")).toBeVisible();
  await page.keyboard.press("Control+f");
  const search = page.getByRole("searchbox", { name: "Search in Harbour" });
  await expect(search).toBeFocused();
  await page.keyboard.type("lantern");
  const result = page.locator("[data-result]");
  await expect(result).toHaveCount(1);
  // What others wrote is text: the markup in it is shown, and what matched is marked.
  await expect(result.locator("mark")).toHaveText("lantern");
  await expect(result).toContainText("<b>lantern</b>");
  await expect(result).toContainText("from the server");
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const target = dunlin.log.locator("[data-target]");
  await expect(target).toContainText("lantern");
  await expect(target).toBeInViewport();
  await expect(dunlin.log).toHaveAttribute("data-focus", "shown");
  await atRest(page, dunlin.log);
  const before = await target.boundingBox();
  // Pages come on both sides; the line stays where it is.
  await expect(dunlin.log).toHaveAttribute("data-older", "idle");
  await expect(dunlin.log).toHaveAttribute("data-newer", "idle");
  await atRest(page, dunlin.log);
  expect((await target.boundingBox())?.y).toBeCloseTo(before?.y ?? -1, 0);
  await page.screenshot({ path: test.info().outputPath("found.png") });
  // Read on to the present: it goes on as the live timeline.
  for (let i = 0; i < 60 && (await dunlin.log.getAttribute("data-focus")) !== null; i++)
    await wheel(page, dunlin.log, 4000);
  await expect(dunlin.log).not.toHaveAttribute("data-focus", /.*/);
  await expect(dunlin.log.getByText("talk 899")).toBeVisible();
  world.sendMessage(roomId, "ben", "and now");
  await expect(dunlin.log.getByText("and now")).toBeVisible();
});

test("comes back to the latest with one button, and says why a message cannot be shown", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const at = Date.UTC(2026, 0, 1);
  world.sendMany(roomId, 400, (i) => ({
    sender: "ben",
    content: i === 20 ? "a lantern" : `talk ${i}`,
    originServerTs: at + i * 60_000,
  }));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("talk 399")).toBeVisible();
  await page.getByRole("button", { name: "Search in this room" }).click();
  // The panel comes with its first use.
  await expect(page.getByRole("searchbox", { name: /Search/ })).toBeFocused();
  await page.keyboard.type("lantern");
  const result = page.locator("[data-result]");
  await expect(result).toHaveCount(1);
  await result.click();
  await expect(dunlin.log.locator("[data-target]")).toContainText("a lantern");
  await page.getByRole("button", { name: "Back to latest" }).click();
  await expect(dunlin.log.getByText("talk 399")).toBeVisible();
  await expect.poll(() => distanceToEnd(dunlin.log)).toBe(0);
  const refusal = homeserver.faults.add({
    on: { path: /\/context\// },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  await result.click();
  await expect(dunlin.log.getByRole("alert")).toContainText("You have no permission");
  await dunlin.log.getByRole("button", { name: "Back to latest" }).click();
  await expect(dunlin.log.getByText("talk 399")).toBeVisible();
  // Who is not let in does not ask again and again.
  expect(refusal.hits).toBe(1);
});

test("finds without the server what is stored, everywhere, by room", async ({ homeserver, begin, page }) => {
  const { world } = homeserver;
  const here = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const there = world.createRoom({ creator: "ben", members: ["ana"], name: "Market" });
  world.sendMessage(here, "ben", "lantern one");
  world.sendMessage(there, "ben", "lantern two");
  const { dunlin } = await begin();
  await dunlin.connection("live");
  homeserver.cut();
  await page.keyboard.press("Control+Shift+f");
  await expect(page.getByRole("searchbox", { name: "Search everywhere" })).toBeFocused();
  await page.keyboard.type("antern");
  await expect(page.locator("[data-result]")).toHaveCount(2);
  await expect(page.getByRole("heading", { name: "Market" })).toBeVisible();
  await page.locator("[data-result]", { hasText: "two" }).click();
  await expect(page.locator(`[role="log"][data-room-id="${there}"]`)).toBeVisible();
  await expect(dunlin.log.locator("[data-target]")).toContainText("lantern two");
});
