import type { Page } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { fillRoom, makeRoom, makeRooms, makeUsers, type FilledMessage } from "../synapse/seed.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// An account of 200 rooms on a real Synapse; one room has 5,000 messages and people who renamed themselves meanwhile.

/** Fewer while working on the spec itself: `DUNLIN_MESSAGES=600`. */
const MESSAGES = Number(process.env["DUNLIN_MESSAGES"] ?? 5000);

let synapse: Synapse;
/** The app goes through it, so that its calls are checked. */
let proxy: FaultyProxy;
let app: RunningApp;
let profileDir: string;
let reader: SynapseUser;
let big: string;
let sent: FilledMessage[];

test.beforeAll(async () => {
  synapse = await startSynapse();
  proxy = await startFaultyProxy(synapse.baseUrl);
  const [owner, ana, bo] = await makeUsers(synapse.baseUrl, 3, "writer");
  reader = await synapse.registerUser("reader", "reader's password", "Reader");
  if (owner === undefined || ana === undefined || bo === undefined) throw new Error("no users");
  big = await makeRoom(synapse.baseUrl, owner, { name: "The big room", members: [ana, bo, reader] });
  await makeRooms(synapse.baseUrl, owner, 199, (index) => ({
    name: `Room ${index}`,
    members: [reader],
    firstMessage: `hello from room ${index}`,
  }));
  sent = await fillRoom(synapse.baseUrl, {
    roomId: big,
    senders: [owner, ana, bo],
    count: MESSAGES,
    body: (index) => `message ${String(index).padStart(5, "0")}`,
    renames: [
      { at: 0, sender: 0, displayName: "Owner" },
      { at: 0, sender: 1, displayName: "Ana" },
      { at: 0, sender: 2, displayName: "Bo" },
      { at: 0.3 * MESSAGES, sender: 1, displayName: "Ana the Second" },
      { at: 0.64 * MESSAGES, sender: 2, displayName: "Bo Renamed" },
      { at: 0.94 * MESSAGES, sender: 1, displayName: "Ana the Third" },
    ],
  });
  profileDir = mkdtempSync(join(tmpdir(), "dunlin-history-"));
  app = await startApp({ profileDir });
});

test.afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
  await synapse?.stop();
  rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

test("signs in, shows 200 rooms, and pages 5,000 messages to the start, each once, in order, with the names of the time", async ({
  page,
}) => {
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  await dunlin.signIn(proxy.baseUrl, "reader", "reader's password");
  await expect(dunlin.row(big)).toBeVisible({ timeout: 60_000 });
  await dunlin.connection("live");

  expect((await listedRooms(page, dunlin)).size).toBe(200);
  await dunlin.openRoom("The big room", big);
  await expect(dunlin.log).toContainText(`message ${String(MESSAGES - 1).padStart(5, "0")}`);
  const read = await dunlin.readToStart();

  expect(read.map((seen) => seen.eventId)).toEqual(sent.map((message) => message.eventId));
  expect(read.map((seen) => seen.text)).toEqual(sent.map((message) => message.body));
  expect(read.map((seen) => seen.sender)).toEqual(sent.map((message) => message.displayName));
});

/** The ids of every row met while walking down the virtual list. */
async function listedRooms(page: Page, dunlin: AppPage): Promise<Set<string>> {
  const seen = new Set<string>();
  // The list is virtual: walk down it, and once more when rooms moved past us meanwhile.
  for (let step = 0; step < 120 && seen.size < 200; step += 1) {
    for (const id of await dunlin.rooms
      .locator("[data-room-id]")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-room-id") ?? "")))
      seen.add(id);
    await dunlin.rooms.evaluate((list) => {
      const scroller = [list, ...list.querySelectorAll("*")].find(
        (e) => e.scrollHeight > e.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(e).overflowY),
      );
      if (scroller === undefined) return;
      const isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
      scroller.scrollTop = isAtEnd ? 0 : scroller.scrollTop + scroller.clientHeight * 0.8;
    });
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
  return seen;
}
