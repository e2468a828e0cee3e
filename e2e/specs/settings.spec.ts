import type { Page } from "@playwright/test";
import { expectNoViolations } from "../pages/axe.ts";
import { bodiesOf } from "../pages/events.ts";
import { expect, test } from "../pages/story.ts";

// What a person chose stays chosen.

const ground = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

/** 0 black … 1 white, of whatever colour space the page answers in. */
async function lightness(page: Page): Promise<number> {
  const colour = await ground(page);
  const oklch = /oklch\(([\d.]+)/.exec(colour);
  if (oklch) return Number(oklch[1]);
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return (red + green + blue) / 3 / 255;
}

test("settings are found by their words, and all are back when the field is empty", async ({
  begin,
  page,
}) => {
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  const search = settings.getByRole("searchbox", { name: "Search in settings" });
  const headings = settings.getByRole("heading", { level: 3 });
  // The sections come with their files.
  await expect.poll(() => headings.count()).toBeGreaterThan(3);
  const all = await headings.allTextContents();
  await search.fill("TYPING");
  await expect(settings.getByText("1 section found")).toBeVisible();
  await expect(headings).toHaveText(["Privacy"]);
  await expect(settings.getByRole("radio", { name: "Light" })).toBeHidden();
  await expectNoViolations(page, "settings search");
  // What lies behind a button is found by it.
  for (const word of ["password", "e-mail", "sessions", "Deactivate", "display name"]) {
    await search.fill(word);
    await expect(settings.getByRole("button", { name: "Account…" })).toBeVisible();
    await expect(settings.getByRole("radio", { name: "Light" })).toBeHidden();
  }
  await search.fill("no such words");
  await expect(settings.getByText("Nothing here is called that.")).toBeVisible();
  await expect(headings).toHaveCount(0);
  await search.fill("");
  await expect.poll(() => headings.allTextContents()).toEqual(expect.arrayContaining(all));
});

test("themes are applied at once, kept, and there before the first paint of the next start", async ({
  begin,
  page,
}) => {
  await page.emulateMedia({ colorScheme: "dark" });
  const { app, dunlin } = await begin();
  await dunlin.connection("live");
  const html = page.locator("html");
  await expect(html).not.toHaveAttribute("data-theme");
  expect(await lightness(page)).toBeLessThan(0.4);
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("radio", { name: "Light" }).check();
  await expect(html).toHaveAttribute("data-theme", "light");
  expect(await lightness(page)).toBeGreaterThan(0.85);
  await settings.getByRole("radio", { name: "High contrast" }).check();
  await expect(html).toHaveAttribute("data-theme", "high-contrast");
  await settings.getByRole("radio", { name: "Dark" }).check();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await page.emulateMedia({ colorScheme: "light" });
  expect(await lightness(page)).toBeLessThan(0.4);
  await page.reload();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await app.kill();
  await begin();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await dunlin.connection("live");
  await page.keyboard.press("Control+,");
  await settings.getByRole("radio", { name: "System" }).check();
  await expect(html).not.toHaveAttribute("data-theme");
  expect(await lightness(page)).toBeGreaterThan(0.85);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => lightness(page)).toBeLessThan(0.4);
});

test("settings open from the menu, by keyboard, and give the focus back", async ({ begin, page }) => {
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const button = page.getByRole("button", { name: "Menu" });
  await button.focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu", { name: "Menu" });
  await expect(menu.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await menu.getByRole("menuitem", { name: "Settings" }).press("Enter");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await expect(settings).toBeVisible();
  await expect(settings.getByText("@ana:dunlin.test")).toBeVisible();
  await settings.getByRole("button", { name: "About Dunlin" }).press("Enter");
  const about = page.getByRole("dialog", { name: "About Dunlin" });
  await expect(about.getByText(/^Version \d+\.\d+\.\d+/)).toBeVisible();
  await about.getByText("Licences of what it is made with").press("Enter");
  await expect(about.getByText(/shown by your own browser|runs on Electron and Chromium/)).toBeVisible();
  await expect(about.getByRole("region", { name: "Licences" })).toContainText("svelte");
  await page.keyboard.press("Escape");
  await expect(about).toHaveCount(0);
  await expect(settings).toHaveCount(0);
  await page.keyboard.press("Control+/");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("everything is loaded anew when asked; the room comes back, a draft and an unsent message stay", async ({
  homeserver,
  begin,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  homeserver.world.sendMessage(roomId, "ben", "low tide at noon");
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const down = homeserver.faults.add({ on: { path: /\/send\// }, do: { status: { code: 502 } } });
  await dunlin.send("waits for better times");
  await dunlin.composer.fill("half a thought");
  await expect(dunlin.log.getByText("low tide at noon")).toBeVisible();
  const firstSyncs = () =>
    homeserver.wire.requests.filter(
      ({ path, query }) => path.endsWith("/sync") && query["since"] === undefined,
    ).length;
  const before = firstSyncs();
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("button", { name: "Load everything anew" }).click();
  const confirm = page.getByRole("dialog", { name: "Load everything anew?" });
  await confirm.getByRole("button", { name: "Load everything anew" }).click();
  await expect(confirm).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect.poll(firstSyncs).toBe(before + 1);
  await dunlin.connection("live");
  await expect(dunlin.row(roomId)).toBeVisible();
  await expect(dunlin.log.getByText("low tide at noon")).toBeVisible();
  await expect(dunlin.composer).toHaveValue("half a thought");
  down.remove();
  await expect
    .poll(() => bodiesOf(homeserver.world.events(roomId)).filter((body) => body === "waits for better times"))
    .toHaveLength(1);
});
