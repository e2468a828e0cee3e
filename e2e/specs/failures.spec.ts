import { expect, test, type Page } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHomeserver, type Homeserver } from "../homeserver/index.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { AppPage } from "../pages/app-page.ts";
import { expiredCertificate } from "./expired-certificate.ts";
import { isLinux, mountSmallDisk, whyNoDisk, type SmallDisk } from "./small-disk.ts";

// What can be wrong with the server, the network, the disk or the profile: each a clear sentence, nothing lost.

// Somebody speaks in one of them.
const executablePath = chromiumPath();
const args = [...chromiumFlags, ...callFlags];
test.use({ launchOptions: { args, ...(executablePath === undefined ? {} : { executablePath }) } });

let homeserver: Homeserver;
const ends: (() => Promise<unknown> | void)[] = [];

test.beforeAll(async () => {
  homeserver = await startHomeserver();
  homeserver.world.addUser("ana", { password: "right", displayName: "Ana" });
});
test.afterAll(() => homeserver.stop());
test.afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function newProfile(): string {
  const profileDir = mkdtempSync(join(tmpdir(), "dunlin-failures-"));
  ends.push(() => rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 }));
  return profileDir;
}

async function start(page: Page, profileDir = newProfile()): Promise<{ app: RunningApp; dunlin: AppPage }> {
  const app = await startApp({ profileDir });
  ends.push(() => app.kill());
  await page.goto(app.url);
  return { app, dunlin: new AppPage(page) };
}

async function serveEverywhere(status: number, contentType: string, body: string): Promise<string> {
  const server: Server = createServer((_request, answer) => {
    answer.writeHead(status, { "content-type": contentType });
    answer.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.describe("signing in", () => {
  test("with a wrong password says so, keeps the name and clears only the password", async ({ page }) => {
    const { dunlin } = await start(page);
    await dunlin.signIn(homeserver.baseUrl, "ana", "wrong");
    await expect(page.getByRole("alert")).toContainText("Wrong name or password");
    await expect(page.getByRole("textbox", { name: "Username" })).toHaveValue("ana");
    await expect(page.getByRole("textbox", { name: "Password" })).toHaveValue("");
    await page.getByRole("textbox", { name: "Password" }).fill("right");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await dunlin.connection("live");
  });

  test("at a server that does not exist", async ({ page }) => {
    const { dunlin } = await start(page);
    const gone = await startHomeserver();
    await gone.stop();
    await dunlin.signIn(gone.baseUrl, "ana", "right");
    await expect(page.getByRole("alert")).toContainText(
      "cannot be reached: it is down, or there is no network",
    );
  });

  test("at a server with an expired certificate", async ({ page }) => {
    const expired = await startHomeserver({ https: expiredCertificate });
    ends.push(() => expired.stop());
    const { dunlin } = await start(page);
    await dunlin.signIn(expired.baseUrl, "ana", "right");
    await expect(page.getByRole("alert")).toContainText("certificate is not valid");
    expect(expired.wire.requests).toHaveLength(0);
  });

  test("at a web site that is no Matrix server", async ({ page }) => {
    const address = await serveEverywhere(404, "text/html", "<html><body>Nothing here</body></html>");
    const { dunlin } = await start(page);
    await dunlin.signIn(address, "ana", "right");
    await expect(page.getByRole("alert")).toContainText(/no Matrix server|not from a Matrix server/);
  });

  test("behind a captive portal that answers everything with its own page", async ({ page }) => {
    const address = await serveEverywhere(200, "text/html", "<html><body>Accept our terms</body></html>");
    const { dunlin } = await start(page);
    await dunlin.signIn(address, "ana", "right");
    await expect(page.getByRole("alert")).toContainText("not from a Matrix server");
  });

  test("too often waits as long as the server says", async ({ page }) => {
    const { dunlin } = await start(page);
    const rule = homeserver.faults.add({
      on: { method: "POST", path: /\/login$/ },
      do: { limited: { retryAfterMs: 40_000 } },
    });
    ends.push(() => rule.remove());
    await dunlin.signIn(homeserver.baseUrl, "ana", "right");
    await expect(page.getByRole("alert")).toContainText("again in 40 s");
  });
});

test("while signed in, a captive portal is told and everything goes on when it is gone", async ({ page }) => {
  const roomId = homeserver.world.createRoom({ creator: "ana", name: "Portal" });
  const { dunlin } = await start(page);
  await dunlin.signIn(homeserver.baseUrl, "ana", "right");
  await dunlin.openRoom("Portal", roomId);
  const rule = homeserver.faults.add({
    on: {},
    do: { status: { code: 200, body: "<html>Accept our terms</html>", contentType: "text/html" } },
  });
  ends.push(() => rule.remove());
  await dunlin.connection("offline");
  await expect(page.getByText("not from a Matrix server").first()).toBeVisible();
  await dunlin.send("typed in the hotel");
  rule.remove();
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1, { timeout: 60_000 });
  expect(homeserver.world.events(roomId).filter((event) => event["type"] === "m.room.message")).toHaveLength(
    1,
  );
});

/** Starts the host and returns what it says when it cannot go on. */
async function refusedStart(profileDir: string): Promise<{ code: number | null; words: string }> {
  const child = spawn(
    process.execPath,
    ["out/main/headless.js", "--profile-dir", profileDir, "--port", "0"],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words += text));
  const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(late);
  return { code, words };
}

test("a second instance on one profile is refused with a sentence, the first goes on", async ({ page }) => {
  const profileDir = newProfile();
  const { dunlin } = await start(page, profileDir);
  const second = await refusedStart(profileDir);
  expect(second.code).toBe(1);
  expect(second.words).toMatch(/already running/i);
  await dunlin.signIn(homeserver.baseUrl, "ana", "right");
  await dunlin.connection("live");
});

function defineDiskTests(): void {
  const why = whyNoDisk();

  function smallDisk(size: string): SmallDisk {
    const disk = mountSmallDisk(size);
    ends.push(() => disk.remove());
    return disk;
  }

  test("is read-only: a sentence instead of a crash", async () => {
    test.skip(why !== null, why ?? "");
    const disk = smallDisk("8m");
    disk.makeReadOnly();
    const { code, words } = await refusedStart(disk.dir);
    expect(code).toBe(1);
    expect(words).toMatch(/cannot be written|read-only/i);
  });

  test("is full while writing: the words stay in the composer, and all go once there is room", async ({
    page,
  }) => {
    test.skip(why !== null, why ?? "");
    const { dir } = smallDisk("24m");
    const profileDir = join(dir, "profile");
    mkdirSync(profileDir);
    const roomId = homeserver.world.createRoom({ creator: "ana", name: "Small disk" });
    const { dunlin } = await start(page, profileDir);
    await dunlin.signIn(homeserver.baseUrl, "ana", "right");
    await dunlin.openRoom("Small disk", roomId);
    const typed = ["there is room"];
    await dunlin.send("there is room");
    await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(1);
    fillUp(dir);
    // The logs have some room of their own: several messages may still fit before the disk says no. Sync may be told
    // so first; what the queue has taken by then waits there.
    const refusal = page.locator("[data-composer-problem]");
    while ((await refusal.count()) === 0) {
      expect(typed.length, "messages fit on a full disk").toBeLessThan(200);
      typed.push(`${typed.length} ${"x".repeat(50_000)}`);
      await dunlin.composer.fill(typed.at(-1)!);
      await dunlin.composer.press("Enter");
      await expect
        .poll(async () => (await refusal.count()) > 0 || (await dunlin.composer.inputValue()) === "")
        .toBe(true);
    }
    await expect(refusal).toContainText("disk is full");
    await expect(dunlin.composer).toHaveValue(typed.at(-1)!);
    rmSync(join(dir, "filler"));
    await dunlin.composer.press("Enter");
    await expect(dunlin.composer).toHaveValue("");
    await expect(dunlin.log.locator('[data-send-state="sent"]').last()).toContainText(
      typed.at(-1)!.slice(0, 12),
      {
        timeout: 60_000,
      },
    );
    const bodies = homeserver.world
      .events(roomId)
      .filter((event) => event["type"] === "m.room.message")
      .map((event) => (event["content"] as { body: string }).body.slice(0, 20));
    expect(bodies).toEqual(typed.map((body) => body.slice(0, 20)));
  });

  test("is full when a file is picked and a voice message spoken: both wait, are taken again, and go once", async ({
    page,
  }, testInfo) => {
    test.skip(why !== null, why ?? "");
    const { dir } = smallDisk("24m");
    const profileDir = join(dir, "profile");
    mkdirSync(profileDir);
    const roomId = homeserver.world.createRoom({ creator: "ana", name: "Small disk" });
    const { dunlin } = await start(page, profileDir);
    await dunlin.signIn(homeserver.baseUrl, "ana", "right");
    await dunlin.openRoom("Small disk", roomId);
    const tray = page.getByRole("list", { name: "Files to send" }).getByRole("listitem");
    const again = tray.getByRole("button", { name: "Try again" });
    const buffer = Buffer.alloc(2 << 20, "log of the quay\n");
    // What is spoken is kept while there is room; there is none for the whole of it.
    await page.getByRole("button", { name: "Record a voice message" }).click();
    await expect(page.getByRole("timer", { name: /Recording, 0:02/ })).toBeVisible();
    fillUp(dir);
    await page.getByRole("button", { name: "Send the recording" }).click();
    await expect(tray.getByRole("alert")).toContainText("disk is full");
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "quay.log", mimeType: "text/plain", buffer });
    await expect(again).toHaveCount(2);
    await expect(tray).toHaveText([/Voice message .*disk is full/, /quay\.log .*disk is full/]);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await testInfo.attach(colorScheme, { body: await page.screenshot(), contentType: "image/png" });
    }
    await page.setViewportSize({ width: 560, height: 700 });
    await testInfo.attach("narrow", { body: await page.screenshot(), contentType: "image/png" });
    await page.setViewportSize({ width: 1280, height: 800 });
    // Too early, by keyboard: it goes on from the same button.
    await again.last().focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("textbox", { name: "Caption for quay.log" })).toHaveCount(0);
    await expect(again).toHaveCount(2);
    await expect(again.last()).toBeFocused();
    rmSync(join(dir, "filler"));
    await again.first().dblclick();
    await expect(page.locator('[data-tray-state="ready"]')).toHaveText([/Voice message/]);
    await expect(page.getByRole("textbox", { name: "Caption for Voice message" })).toBeFocused();
    await again.click();
    await expect(page.locator('[data-tray-state="ready"]')).toHaveText([/Voice message/, /quay\.log/]);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(tray).toHaveCount(0);
    const files = (): unknown[] =>
      homeserver.world
        .events(roomId)
        .flatMap(({ type, content }) => (type === "m.room.message" ? [content] : []));
    await expect.poll(() => files().length).toBe(2);
    expect(files()).toMatchObject([
      { msgtype: "m.audio", "org.matrix.msc3245.voice": {} },
      { msgtype: "m.file", body: "quay.log", info: { size: buffer.length } },
    ]);
    // Nothing of it comes back.
    await page.reload();
    await dunlin.connection("live");
    await dunlin.openRoom("Small disk", roomId);
    await expect(dunlin.log.getByRole("group", { name: /^Voice message/ })).toHaveCount(1);
    await expect(tray).toHaveCount(0);
  });

  function fillUp(dir: string): void {
    for (const size of [1 << 20, 1 << 16, 1 << 12]) {
      try {
        for (;;) writeFileSync(join(dir, "filler"), Buffer.alloc(size), { flag: "a" });
      } catch {
        // As full as this size can make it.
      }
    }
  }
}

if (isLinux) test.describe("the disk", defineDiskTests);
