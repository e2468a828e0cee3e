import type { Page } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { makeRoom } from "../synapse/seed.ts";
import { serverMessages } from "../synapse/server-history.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// Cut lines and killed processes, against a real Synapse. What was typed is on the server once, in order.

let synapse: Synapse;
let proxy: FaultyProxy;
let writer: SynapseUser;
const open: { app: RunningApp; profileDir: string }[] = [];

test.beforeAll(async () => {
  synapse = await startSynapse();
  proxy = await startFaultyProxy(synapse.baseUrl);
  writer = await synapse.registerUser("writer", "writer's password", "Writer");
});

test.afterEach(async () => {
  await proxy.mend().catch(() => {});
  for (const { app, profileDir } of open.splice(0)) {
    await app.kill();
    rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
  }
});

test.afterAll(async () => {
  await proxy?.stop();
  await synapse?.stop();
});

async function signedIn(page: Page): Promise<{ dunlin: AppPage; profileDir: string; app: RunningApp }> {
  const profileDir = mkdtempSync(join(tmpdir(), "dunlin-sending-"));
  const app = await startApp({ profileDir });
  open.push({ app, profileDir });
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  await dunlin.signIn(proxy.baseUrl, "writer", "writer's password");
  await dunlin.connection("live");
  return { dunlin, profileDir, app };
}

const bodies = async (roomId: string): Promise<string[]> =>
  (await serverMessages(synapse.baseUrl, writer.accessToken, roomId)).map((message) => message.body);

test("five messages sent while the server is cut off leave by themselves, in order, when it returns", async ({
  page,
}) => {
  const roomId = await makeRoom(synapse.baseUrl, writer, { name: "Cut off" });
  const { dunlin } = await signedIn(page);
  await dunlin.openRoom("Cut off", roomId);
  await proxy.cut();
  await dunlin.connection("offline");
  const typed = [1, 2, 3, 4, 5].map((n) => `written in the dark ${n}`);
  for (const text of typed) await dunlin.send(text);
  await expect(dunlin.log.locator('[data-send-state="queued"], [data-send-state="sending"]')).toHaveCount(5);
  await proxy.mend();
  await expect(
    dunlin.log.locator('[data-kind="message"][data-send-state="sent"][data-event-id]'),
  ).toHaveCount(5, { timeout: 20_000 });
  expect(await bodies(roomId)).toEqual(typed);
  expect((await dunlin.visible()).map((seen) => seen.text)).toEqual(typed);
});

test("fifteen messages queued in three rooms survive the death of every process and a start before the server", async ({
  page,
  browser,
}) => {
  const rooms = await Promise.all(
    ["North", "East", "South"].map(async (name) => ({
      name,
      roomId: await makeRoom(synapse.baseUrl, writer, { name }),
    })),
  );
  const { dunlin, profileDir, app } = await signedIn(page);
  for (const { roomId } of rooms) await expect(dunlin.row(roomId)).toBeVisible();
  await proxy.cut();
  await dunlin.connection("offline");
  for (const { name, roomId } of rooms) {
    await dunlin.openRoom(name, roomId);
    for (let n = 1; n <= 5; n += 1) await dunlin.send(`${name} ${n}`);
  }
  await page.close();
  await app.kill();

  const again = await startApp({ profileDir });
  open.push({ app: again, profileDir });
  const second = await browser.newPage();
  const reopened = new AppPage(second);
  await second.goto(again.url);
  await reopened.openRoom("South", rooms[2]?.roomId ?? "");
  await expect(reopened.log.locator('[data-send-state="queued"], [data-send-state="sending"]')).toHaveCount(
    5,
  );
  await proxy.mend();
  for (const { name, roomId } of rooms) {
    await expect
      .poll(() => bodies(roomId), { timeout: 30_000 })
      .toEqual([1, 2, 3, 4, 5].map((n) => `${name} ${n}`));
  }
  await expect(reopened.log.locator('[data-send-state="queued"], [data-send-state="sending"]')).toHaveCount(
    0,
  );
  await second.close();
});

test("without a network everything cached opens and scrolls, and a message waits and leaves later", async ({
  page,
  browser,
}) => {
  const roomId = await makeRoom(synapse.baseUrl, writer, {
    name: "Far from home",
    firstMessage: "seen before the trip",
  });
  const { dunlin, profileDir, app } = await signedIn(page);
  await dunlin.openRoom("Far from home", roomId);
  await expect(dunlin.log).toContainText("seen before the trip");
  await page.close();
  await app.stop();
  await proxy.cut();

  const again = await startApp({ profileDir });
  open.push({ app: again, profileDir });
  const second = await browser.newPage();
  const reopened = new AppPage(second);
  await second.goto(again.url);
  await reopened.openRoom("Far from home", roomId);
  await expect(reopened.log).toContainText("seen before the trip");
  await reopened.connection("offline");
  await reopened.send("written on the mountain");
  await expect(reopened.log).toContainText("written on the mountain");
  await proxy.mend();
  await expect
    .poll(() => bodies(roomId), { timeout: 30_000 })
    .toEqual(["seen before the trip", "written on the mountain"]);
  await second.close();
});
