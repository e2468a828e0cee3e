// The parts of one run against e2e/homeserver, in the order in which somebody would do these things.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "./client.ts";
import { watchDisk } from "./disk-watch.ts";
import { caughtUp } from "./host-measure.ts";
import type { Painted } from "./in-page.ts";
import type { Part } from "./rows.ts";
import { covered, median, percentile } from "./statistics.ts";
import { now, startTimingProxy, type TimingProxy } from "./timing-proxy.ts";
import type { BenchWorld } from "./world.ts";

/** Row ids and what was measured. */
export type Measured = Record<string, number>;

/** Pixels per second: four screens, a hard flick; some 600 messages a second if everything keeps up. */
const SCROLL_SPEED = 20_000;
/** Of each series the first ones are thrown away: code is compiled then, and caches are filled. */
const WARM_UP = 3;
const SAMPLES = 20;
const SWITCHES = 40;

/** What the parts share. */
export interface Stage {
  readonly world: BenchWorld;
  readonly proxy: TimingProxy;
  readonly client: Client;
}

/** Runs the wanted parts; signing in is always one of them because the others need it. */
export async function runParts(world: BenchWorld, only: ReadonlySet<Part>): Promise<Measured> {
  const measured: Measured = {};
  if (only.has("ingest")) Object.assign(measured, await ingest(world));
  const client = await Client.open();
  const proxy = await startTimingProxy(world.homeserver);
  try {
    const stage = { world, proxy, client };
    for (const [part, run] of Object.entries(partsInOrder) as [Part, (stage: Stage) => Promise<Measured>][]) {
      if (part !== "login" && !only.has(part)) continue;
      client.beginCost();
      const found = await run(stage);
      if (!only.has(part)) continue;
      Object.assign(measured, found);
      for (const [id, value] of Object.entries(await client.cost())) measured[`${part}.${id}`] ??= value;
    }
  } finally {
    await client.close();
    await proxy.close();
  }
  return measured;
}

const partsInOrder = {
  login,
  typing,
  sending,
  switching,
  filter,
  history,
  start,
  "offline-start": offlineStart,
};

/** A first sync without anybody looking: the core alone. */
async function ingest({ homeserver, user, password }: BenchWorld): Promise<Measured> {
  const client = await Client.open();
  try {
    client.beginCost();
    await client.startApp({ env: { DUNLIN_SIGN_IN: JSON.stringify({ homeserver, user, password }) } });
    const report = await caughtUp(client.app);
    const { cpu, pss } = await client.cost();
    const events = storedIn(join(client.profileDir, "cache.db"));
    return {
      "ingest.events": events,
      "ingest.rate": events / ((report.applyMs ?? Number.NaN) / 1000),
      "ingest.delay.p99": report.applyDelay.p99,
      "ingest.delay.max": report.longestDelay,
      "ingest.cpu": cpu,
      "ingest.pss": pss,
    };
  } finally {
    await client.close();
  }
}

/** Events of the answer that are in the store: those of timelines, state and members. */
function storedIn(cachePath: string): number {
  const database = new DatabaseSync(cachePath, { readOnly: true });
  const count = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
  const sum =
    count("SELECT count(*) AS n FROM timeline") +
    // State that came beside the timelines; what came in them is counted already.
    count("SELECT count(*) AS n FROM state WHERE event_id NOT IN (SELECT event_id FROM timeline)") +
    count(
      `SELECT count(*) AS n FROM members m WHERE NOT EXISTS (SELECT 1 FROM events e
       WHERE e.room_id = m.room_id AND e.type = 'm.room.member' AND e.state_key = m.user_id)`,
    );
  database.close();
  return sum;
}

async function login({ world, proxy, client }: Stage): Promise<Measured> {
  await client.startApp();
  await client.openPage();
  await client.signIn(proxy.url, world.user, world.password);
  const button = client.page.getByRole("button", { name: "Sign in", exact: true });
  const first = client.after("click", { see: "list", entries: 1 }, () => delay(0));
  const whole = await client.after("click", { see: "list", entries: world.rooms }, () => button.click());
  const report = await caughtUp(client.app);
  await client.isLive();
  const wall = whole.painted - whole.begin;
  const servers = covered(proxy.answered(), whole.begin, whole.painted);
  return {
    "login.first": seconds((await first).painted - whole.begin),
    "login.whole": seconds(wall),
    "login.own": seconds(wall - servers),
    "login.delay.p99": report.applyDelay.p99,
  };
}

async function typing({ world, client }: Stage): Promise<Measured> {
  await client.openRoom(world.longRoom.name, world.longRoom.roomId);
  await client.page.getByRole("textbox", { name: "Message", exact: true }).focus();
  const times: number[] = [];
  for (const key of "the dunlin runs along the wet sand") {
    times.push(
      latency(
        await client.after("keydown", { see: "input" }, () =>
          client.page.keyboard.press(key === " " ? "Space" : key),
        ),
      ),
    );
    await delay(40);
  }
  await client.page.getByRole("textbox", { name: "Message", exact: true }).fill("");
  const kept = times.slice(WARM_UP);
  return { "typing.p50": percentile(kept, 0.5), "typing.p95": percentile(kept, 0.95) };
}

async function sending({ world, client }: Stage): Promise<Measured> {
  await client.openRoom(world.longRoom.name, world.longRoom.roomId);
  const watch = await watchDisk(join(client.profileDir, "kept.db"));
  const sent: Painted[] = [];
  for (let index = 0; index < SAMPLES + WARM_UP; index += 1) {
    sent.push(await sendOne(client, `a message of mine, number ${index}`));
    await delay(250);
  }
  const onDisk = await watch.stop();
  const all = sent.map((painted, index) => ({ ...painted, disk: onDisk[index] ?? Number.POSITIVE_INFINITY }));
  const kept = all.slice(WARM_UP);
  const middle = (pick: (one: (typeof kept)[number]) => number): number =>
    median(kept.map((one) => pick(one) - one.begin));
  return {
    "sending.painted": middle((one) => one.painted),
    "sending.next": middle((one) => one.next),
    "sending.dom": middle((one) => one.dom),
    "sending.disk": middle((one) => one.disk),
    "sending.kept": (100 * kept.filter((one) => one.disk <= one.painted).length) / kept.length,
  };
}

/** Types a text and sends it with Enter; the time runs from that key. */
export async function sendOne(client: Client, text: string): Promise<Painted> {
  await client.page.getByRole("textbox", { name: "Message", exact: true }).fill(text);
  await delay(100);
  return client.after("keydown", { see: "message", text }, () => client.page.keyboard.press("Enter"));
}

async function switching({ client }: Stage): Promise<Measured> {
  const first = await walk(client, "Alt+ArrowDown");
  const second = await walk(client, "Alt+ArrowUp");
  return {
    "switching.first.p50": percentile(first, 0.5),
    "switching.first.p95": percentile(first, 0.95),
    "switching.second.p50": percentile(second, 0.5),
    "switching.second.p95": percentile(second, 0.95),
  };
}

/** From room to room through the list, with a moment of reading in each. */
async function walk(client: Client, keys: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < SWITCHES + WARM_UP; index += 1) {
    const than = await client.page.evaluate(
      () => document.querySelector<HTMLElement>('[role="log"]')?.dataset["roomId"] ?? null,
    );
    times.push(
      latency(
        await client.after("keydown", { see: "other-room", than }, () => client.page.keyboard.press(keys)),
      ),
    );
    await delay(200);
  }
  return times.slice(WARM_UP);
}

async function filter({ client }: Stage): Promise<Measured> {
  const box = client.page.getByRole("searchbox", { name: "Find a room" });
  const times: number[] = [];
  // Rooms are called by number: each of these keys leaves others in the list than the one before.
  for (const query of ["17", "42", "93", "58", "06", "71", "34", "89", "25", "60"]) {
    await box.fill("");
    await delay(200);
    for (const key of query) {
      const than = await entries(client);
      await box.focus();
      times.push(
        latency(
          await client.after("keydown", { see: "other-entries", than }, () =>
            client.page.keyboard.press(key),
          ),
        ),
      );
      await delay(100);
    }
  }
  await box.fill("");
  const kept = times.slice(WARM_UP);
  return { "filter.p50": percentile(kept, 0.5), "filter.p95": percentile(kept, 0.95) };
}

const entries = (client: Client): Promise<number> =>
  client.page.evaluate(() =>
    Number(document.querySelector("nav [aria-setsize]")?.getAttribute("aria-setsize") ?? 0),
  );

async function history({ world, client }: Stage): Promise<Measured> {
  const { roomId, name, messages } = world.longRoom;
  await client.openRoom(name, roomId);
  await delay(500);
  const { ms, frames, maxElements } = await client.page.evaluate(
    (speed) => window.bench.scrollToStart(speed),
    SCROLL_SPEED,
  );
  return {
    "history.rate": messages / (ms / 1000),
    "history.messages": messages,
    "history.long": frames.filter((frame) => frame > 50).length,
    "history.worst": Math.max(...frames),
    "history.elements": maxElements,
  };
}

async function start(stage: Stage): Promise<Measured> {
  // The long room is open at its end when the app is left: so the last message is there to be seen again.
  await stage.client.openRoom(stage.world.longRoom.name, stage.world.longRoom.roomId);
  await stage.client.page.locator('[role="log"]').press("End");
  await delay(1000);
  await restart(stage); // warm-up: the browser has compiled the page's code twice then, and keeps it
  await restart(stage);
  const { list, last, page } = await restart(stage);
  return { "start.list": list, "start.last": last, "start.page": page };
}

async function offlineStart(stage: Stage): Promise<Measured> {
  await stage.client.closePage();
  await stage.client.stopApp();
  stage.proxy.cut();
  const { list, last } = await restart(stage);
  return { "offline-start.list": list, "offline-start.last": last };
}

/** Ends the app and starts it again; times in s from the start of its process. The browser runs already. */
async function restart({ client, world }: Stage): Promise<{ list: number; last: number; page: number }> {
  await client.closePage();
  await client.stopApp();
  const begin = now();
  await client.startApp();
  await client.openPage({ list: { see: "list", entries: world.rooms }, last: { see: "last-message" } });
  const list = await client.seen("list");
  const last = await client.seen("last");
  await delay(1000);
  return {
    list: seconds(list.painted - begin),
    last: seconds(last.painted - begin),
    page: seconds(list.painted - list.begin),
  };
}

const latency = (one: Painted): number => one.painted - one.begin;
const seconds = (ms: number): number => ms / 1000;
