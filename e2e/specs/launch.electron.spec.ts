import { _electron, expect, test as base, type ElectronApplication, type Page } from "@playwright/test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findElectron } from "../../main/launch/electron.mjs";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { startHomeserver, type Homeserver } from "../homeserver/index.ts";
import { electronLaunch, killElectron } from "../launch/electron-window.ts";
import { AppPage } from "../pages/app-page.ts";
import { bodiesOf } from "../pages/events.ts";

// The built bundle in the real Electron. What the host does in all its corners is tested under the stand-in module
// (main/hosts/electron); here is what only the real one can show.

/** Pixels; main/hosts/electron/window-bounds.ts. */
const MINIMUM = [480, 360];

interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dunlin: AppPage;
}
interface Fixtures {
  profileDir: string;
  homeserver: Homeserver;
  /** Starts Electron on the test's profile; what still runs at the end is killed. */
  open: () => Promise<Desktop>;
}

const test = base.extend<Fixtures>({
  // Playwright reads what a fixture needs from this pattern, and insists on one even when that is nothing.
  profileDir: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), "dunlin-electron-"));
    await use(dir);
    rmSync(dir, { recursive: true, force: true, maxRetries: 10 });
  },
  homeserver: async ({}, use) => {
    const homeserver = await startHomeserver();
    homeserver.world.addUser("ana", { displayName: "Ana" });
    homeserver.world.addUser("ben", { displayName: "Ben" });
    await use(homeserver);
    await homeserver.stop();
  },
  open: async ({ profileDir, homeserver }, use) => {
    const apps: ElectronApplication[] = [];
    await use(async () => {
      const app = await launch(profileDir, homeserver.baseUrl);
      apps.push(app);
      const page = await app.firstWindow();
      return { app, page, dunlin: new AppPage(page) };
    });
    for (const app of apps) await killElectron(app);
  },
});

function launch(profileDir: string, homeserver: string): Promise<ElectronApplication> {
  const isRoot = process.getuid?.() === 0;
  const machine = { program: findElectron(), env: process.env, isRoot, switches: [] };
  return _electron.launch(electronLaunch({ profileDir, homeserver }, machine));
}

/** Everything in the profile, logs and what Chromium keeps included. */
function contentOf(dir: string): Buffer {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}

test("opens one window on our page, which can do nothing a page should not", async ({ open, homeserver }) => {
  const { app, page } = await open();
  expect(page.url()).toBe("app://dunlin/index.html");
  await expect(page.getByRole("textbox", { name: "Homeserver" })).toHaveValue(homeserver.baseUrl);
  const windows = () =>
    app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => ({
        title: window.getTitle(),
        isVisible: window.isVisible(),
        minimum: window.getMinimumSize(),
      })),
    );
  await expect.poll(windows).toEqual([{ title: "Dunlin", isVisible: true, minimum: MINIMUM }]);
  const powers = await page.evaluate(async () => ({
    globals: ["require", "process", "module", "Buffer", "ipcRenderer"].filter((name) => name in window),
    host: Object.keys((window as unknown as { host: object }).host).sort(),
    opened: window.open("https://example.org") === null,
    fetched: await fetch("https://example.org").then(
      () => true,
      () => false,
    ),
    locates: await navigator.permissions
      .query({ name: "geolocation" })
      .then(({ state }) => state === "granted"),
  }));
  expect(powers).toEqual({
    globals: [],
    host: ["onFrame", "post"],
    opened: true,
    fetched: false,
    locates: false,
  });
  await page.evaluate(() => (window.location.href = "https://example.org")).catch(() => undefined);
  await expect(page.getByRole("textbox", { name: "Homeserver" })).toHaveValue(homeserver.baseUrl);
  expect(page.url()).toBe("app://dunlin/index.html");
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test("signs in, shows words and pictures, sends, quits, and has its session when it starts again", async ({
  open,
  homeserver,
  profileDir,
}) => {
  const { world, wire } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const url = world.uploadMedia(landscapePicture(7), "image/png");
  const info = { w: 480, h: 320, mimetype: "image/png" };
  world.sendMessage(roomId, "ben", { msgtype: "m.image", body: "dawn.png", url, info });
  const first = await open();
  await first.dunlin.signIn(homeserver.baseUrl, "ana", "password");
  await first.dunlin.openRoom("Harbour", roomId);
  // By media:// from the cache of main: the page itself cannot reach the server.
  const picture = first.dunlin.log.getByRole("button", { name: "Open photo dawn.png" }).locator("img");
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await first.dunlin.send("from the desktop");
  const sent = first.dunlin.log.locator('[data-kind="message"]', { hasText: "from the desktop" });
  await expect(sent).toHaveAttribute("data-send-state", "sent");
  // Every "Copy" of the page is asked of our permission handler.
  await first.dunlin.log.locator('[data-kind="message"]').last().hover();
  await sent.getByRole("button", { name: "More actions" }).click();
  await first.page.getByRole("menuitem", { name: "Copy link", exact: true }).click();
  const copied = () => first.app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toContain("https://matrix.to/#/");
  // Quits in order: the core is closed before the process ends.
  await first.app.close();
  expect(first.app.process().exitCode).toBe(0);
  const second = await open();
  await second.dunlin.connection("live");
  await second.dunlin.openRoom("Harbour", roomId);
  await expect(second.dunlin.log.getByText("from the desktop")).toBeVisible();
  expect(
    wire.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/login")),
  ).toHaveLength(1);
  const token = wire.requests.find(({ userId }) => userId !== undefined)?.token ?? "";
  expect(token).not.toBe("");
  const canSeal = await second.app.evaluate(({ safeStorage }) => safeStorage.isAsyncEncryptionAvailable());
  await second.app.close();
  // Sealed wherever the system can seal at all (LOG-06); elsewhere in the file that only this user can read.
  expect(contentOf(profileDir).includes(token)).toBe(!canSeal);
});

test("words typed without a network leave by themselves after every process was killed", async ({
  open,
  homeserver,
}) => {
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const first = await open();
  await first.dunlin.signIn(homeserver.baseUrl, "ana", "password");
  await first.dunlin.openRoom("Harbour", roomId);
  await first.dunlin.connection("live");
  homeserver.cut();
  const words = ["one", "two", "three"];
  for (const word of words) await first.dunlin.send(word);
  await killElectron(first.app);
  const second = await open();
  await second.dunlin.openRoom("Harbour", roomId);
  for (const word of words) await expect(second.dunlin.log.getByText(word, { exact: true })).toBeVisible();
  homeserver.mend();
  await expect.poll(() => bodiesOf(world.events(roomId)), { timeout: 60_000 }).toEqual(words);
});
