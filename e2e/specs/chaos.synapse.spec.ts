import type { Browser } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { makeRooms } from "../synapse/seed.ts";
import { serverMessages } from "../synapse/server-history.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// The promise, at scale: 1,000 messages typed into 20 rooms through a proxy that fails 30 % of all requests in every
// way it knows, while the app is killed 20 times. Afterwards the server has each message once, in order per room, and
// the app shows the same.

const ROOMS = 20;
const PER_ROOM = 50;
const KILLS = 20;

test("a thousand messages through thirty per cent of faults and twenty kills arrive once each, in order", async ({
  browser,
}) => {
  const seed = Number(process.env["DUNLIN_CHAOS_SEED"] ?? Date.now() % 1_000_000);
  console.log(`chaos seed ${seed}`);
  const random = seeded(seed);
  const synapse: Synapse = await startSynapse();
  const proxy: FaultyProxy = await startFaultyProxy(synapse.baseUrl, random);
  const writer: SynapseUser = await synapse.registerUser("writer", "writer's password", "Writer");
  const profileDir = mkdtempSync(join(tmpdir(), "dunlin-chaos-"));
  let app: RunningApp | undefined;
  try {
    const roomIds = await makeRooms(synapse.baseUrl, writer, ROOMS, (index) => ({ name: `Storm ${index}` }));
    const typed = new Map(roomIds.map((roomId) => [roomId, [] as string[]]));
    app = await startApp({ profileDir });
    let session = await openPage(browser, app);
    await session.dunlin.signIn(proxy.baseUrl, "writer", "writer's password");
    await session.dunlin.connection("live");
    proxy.setFaults(0.3);

    for (let life = 0; life <= KILLS; life += 1) {
      const last = life === KILLS;
      const until = Math.round(((life + 1) * ROOMS * PER_ROOM) / (KILLS + 1));
      while (count(typed) < until)
        await typeBurst(session.dunlin, roomIds, typed, random, until - count(typed));
      console.log(`life ${life}: ${count(typed)} typed`);
      if (last) break;
      // The kill comes at any moment after the last word was taken: queued, on the wire, or answered.
      await session.page.waitForTimeout(Math.floor(random() * 400));
      await app.kill();
      await session.close();
      app = await startApp({ profileDir });
      session = await openPage(browser, app);
    }
    // Every fault must have struck, else this has proved less than it says.
    expect([...proxy.struck.values()].every((count) => count > 0)).toBe(true);
    expect(proxy.struck.size).toBe(13);
    proxy.setFaults(0);

    for (const roomId of roomIds) {
      await expect
        .poll(
          async () => (await serverMessages(synapse.baseUrl, writer.accessToken, roomId)).map((m) => m.body),
          {
            timeout: 240_000,
            intervals: [500, 1000, 2000],
          },
        )
        .toEqual(typed.get(roomId));
    }
    for (const [index, roomId] of roomIds.entries()) {
      await session.dunlin.openRoom(`Storm ${index}`, roomId);
      await expect(
        session.dunlin.log.locator(
          '[data-send-state="unsent"], [data-send-state="queued"], [data-send-state="sending"]',
        ),
      ).toHaveCount(0, { timeout: 30_000 });
      const onServer = await serverMessages(synapse.baseUrl, writer.accessToken, roomId);
      await expect
        .poll(async () => (await session.dunlin.readToStart()).map((seen) => seen.eventId), {
          timeout: 60_000,
        })
        .toEqual(onServer.map((m) => m.eventId));
    }
    await session.close();
  } finally {
    await app?.kill();
    await proxy.stop();
    await synapse.stop();
    rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
  }
});

async function openPage(browser: Browser, app: RunningApp) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(app.url);
  return { page, dunlin: new AppPage(page), close: () => context.close() };
}

const count = (typed: Map<string, string[]>): number =>
  [...typed.values()].reduce((sum, words) => sum + words.length, 0);

/** Goes to some room and writes a few messages in quick succession, as people do; at most `most`. */
async function typeBurst(
  dunlin: AppPage,
  roomIds: readonly string[],
  typed: Map<string, string[]>,
  random: () => number,
  most: number,
): Promise<void> {
  const open = roomIds.filter((roomId) => (typed.get(roomId)?.length ?? 0) < PER_ROOM);
  const roomId = open[Math.floor(random() * open.length)];
  const words = roomId === undefined ? undefined : typed.get(roomId);
  if (roomId === undefined || words === undefined) return;
  const index = roomIds.indexOf(roomId);
  await dunlin.openRoom(`Storm ${index}`, roomId);
  const burst = Math.min(most, PER_ROOM - words.length, 1 + Math.floor(random() * 9));
  for (let n = 0; n < burst; n += 1) {
    const text = `room ${index} message ${words.length}`;
    await dunlin.send(text);
    words.push(text);
  }
}

/** The same chance for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
