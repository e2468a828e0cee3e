import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DesktopApp } from "../launch/desktop-app.ts";
import { AppPage } from "../pages/app-page.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, test as base } from "../pages/story.ts";

// What only the desktop app shows: its lock, what is in it, and how it comes back. The built Electron program, under the
// stand-in, with the page in Chromium.

const test = base.extend<{ desktop: { readonly app: DesktopApp; readonly dunlin: AppPage } }>({
  desktop: async ({ homeserver, profileDir, page }, use, testInfo) => {
    const order = { homeserver: homeserver.baseUrl, user: "ana", password: "password" };
    const resources = testInfo.outputPath("resources");
    mkdirSync(resources, { recursive: true });
    for (const name of ["LICENSE.electron.txt", "LICENSES.chromium.html"])
      writeFileSync(join(resources, name), "");
    const app = await DesktopApp.open(page, profileDir, {
      DUNLIN_SIGN_IN: JSON.stringify(order),
      STAND_IN_RESOURCES: resources,
    });
    const dunlin = new AppPage(page);
    await dunlin.connection("live");
    await use({ app, dunlin });
    await app.close();
  },
});

test("a passphrase locks the app, and only it opens it again, by keyboard alone", async ({
  desktop: { dunlin },
  homeserver,
  page,
}, testInfo) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  await expect(dunlin.row(roomId)).toBeVisible();
  await page.keyboard.press("Control+,");
  await page.getByRole("button", { name: "Set a passphrase…" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Set a passphrase" });
  await expectNoViolations(page, "passphrase");
  await dialog.getByLabel("New passphrase", { exact: true }).fill("short");
  await dialog.getByRole("button", { name: "Save" }).press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("at least 8 characters");
  await dialog.getByLabel("New passphrase", { exact: true }).fill("correct horse");
  await dialog.getByLabel("New passphrase again").fill("correct house");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("not the same");
  await dialog.getByLabel("New passphrase again").fill("correct horse");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel("Lock when nobody is here")).toHaveValue("");
  await page.getByRole("button", { name: "Lock now" }).press("Enter");

  await expect(page.getByRole("heading", { name: "Dunlin is locked" })).toBeVisible();
  await expect(page.getByText("Harbour")).toHaveCount(0);
  const field = page.getByLabel("Passphrase");
  await expect(field).toBeFocused();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoViolations(page, `lock, ${colorScheme}`);
    await testInfo.attach(`lock-${colorScheme}`, { body: await page.screenshot(), contentType: "image/png" });
  }
  await page.keyboard.type("wrong horse");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("This is not the passphrase.");
  await expect(field).toHaveValue("");
  await expectNoViolations(page, "lock, after a wrong passphrase");
  await page.keyboard.type("correct horse");
  await page.keyboard.press("Enter");
  await expect(dunlin.row(roomId)).toBeVisible();
});

test("when the page's process dies it comes back to the same room with the draft", async ({
  desktop: { app, dunlin },
  homeserver,
  page,
}) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Harbour" });
  homeserver.world.createRoom({ creator: "ana", name: "Lighthouse" });
  await dunlin.openRoom("Harbour", roomId);
  await dunlin.composer.fill("half a thought");
  // The draft is on its way to the disk; the process may die at once.
  await dunlin.rooms.getByRole("searchbox").focus();
  const loaded = page.waitForEvent("load");
  await app.tell({ do: "crash", reason: "crashed" });
  await loaded;
  await expect(dunlin.composer).toHaveValue("half a thought");
  await expect(dunlin.log).toHaveAttribute("data-room-id", roomId);
});

test("About shows what is new as text and every licence, light and dark", async ({
  desktop: { app },
  page,
}, testInfo) => {
  await app.tell({ do: "choose in menu", name: "about" });
  const dialog = page.getByRole("dialog", { name: "About Dunlin" });
  await expect(dialog.getByRole("status").first()).toHaveText(
    "This copy is updated by whoever installed it.",
  );
  await dialog.getByText("Licences of what it is made with").press("Enter");
  const licences = dialog.getByRole("region", { name: "Licences of what it is made with" });
  await expect(licences).toContainText("better-sqlite3");
  await expect(licences).toContainText("svelte");
  await expect(dialog.getByText("Dunlin runs on Electron and Chromium.")).toBeVisible();
  await dialog.getByRole("button", { name: "Licences of Chromium" }).press("Enter");
  await expect(dialog.getByRole("button", { name: "Licence of Electron" })).toBeVisible();
  await expect(dialog.getByText("The system did not open the file.")).toHaveCount(0);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoViolations(page, `about, ${colorScheme}`);
    await testInfo.attach(`about-${colorScheme}`, {
      body: await page.screenshot(),
      contentType: "image/png",
    });
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test("the list of shortcuts names every key of the native menu, and the same", async ({
  desktop: { app },
  page,
}) => {
  await page.keyboard.press("Control+,");
  await page.getByRole("button", { name: "Set a passphrase…" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Set a passphrase" });
  await dialog.getByLabel("New passphrase", { exact: true }).fill("correct horse");
  await dialog.getByLabel("New passphrase again").fill("correct horse");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press("Escape");
  await app.tell({ do: "choose in menu", name: "shortcuts" });
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  // It may be open with its keys not in it yet.
  await expect(list.locator("kbd").first()).toBeVisible();
  const keysOf = async (what: string): Promise<string> =>
    (
      await list
        .locator("dl > div", { has: page.getByText(what, { exact: true }) })
        .locator("kbd")
        .allTextContents()
    ).join("+");
  const named: Readonly<Record<string, string>> = {
    ...{ switcher: "Switch room", settings: "Settings", find: "Search in this room" },
    ...{ shortcuts: "All shortcuts", lock: "Lock Dunlin" },
    ...{ zoomIn: "Everything larger", zoomOut: "Everything smaller", resetZoom: "Usual size" },
  };
  const keys = (await app.tell({ do: "menu keys" })) as [string, string][];
  expect(keys.map(([name]) => name).toSorted()).toEqual(Object.keys(named).toSorted());
  for (const [name, accelerator] of keys)
    expect([name, await keysOf(named[name] ?? "")]).toEqual([
      name,
      accelerator.replace("CommandOrControl", "Ctrl").replace("Plus", "+"),
    ]);
  await expectNoViolations(page, "shortcuts");
});
