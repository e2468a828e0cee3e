// The parts about rooms of an unusual size: members, pictures, reactions.
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "./client.ts";
import { caughtUp } from "./host-measure.ts";
import type { Painted } from "./in-page.ts";
import type { BigRoom, RichWorld } from "./rich-world.ts";
import type { Part } from "./rows.ts";
import type { Measured } from "./run-parts.ts";
import { median, percentile } from "./statistics.ts";

/** Pixels per second: as the scrolling of the part "history". */
const SCROLL_SPEED = 20_000;
/** Three pictures stand side by side there, and 500 are soon at an end. */
const GRID_SPEED = 4000;
const WARM_UP = 3;

interface Stage {
  readonly world: RichWorld;
  readonly client: Client;
}

const run = { members, reactions, pictures, gallery } as const;

/** The parts that need such rooms. */
export const richParts = Object.keys(run) as (keyof typeof run)[];

/** Signs in and runs the wanted ones. */
export async function runRichParts(world: RichWorld, only: ReadonlySet<Part>): Promise<Measured> {
  const measured: Measured = {};
  const client = await Client.open();
  try {
    const { homeserver, user, password } = world;
    await client.startApp({ env: { DUNLIN_SIGN_IN: JSON.stringify({ homeserver, user, password }) } });
    await caughtUp(client.app);
    await client.openPage();
    await client.isLive();
    for (const part of richParts) {
      if (!only.has(part)) continue;
      client.beginCost();
      Object.assign(measured, await run[part]({ world, client }));
      const { cpu, heap, pss } = await client.cost();
      Object.assign(measured, { [`${part}.cpu`]: cpu, [`${part}.heap`]: heap, [`${part}.pss`]: pss });
    }
  } finally {
    await client.close();
  }
  return measured;
}

async function members({ world, client }: Stage): Promise<Measured> {
  const { page } = client;
  await client.openRoom(world.crowd.name, world.crowd.roomId);
  const open = (sight: string): Promise<Painted> =>
    client.after("click", { see: "element", selector: sight }, () =>
      page.getByRole("button", { name: /\d members/ }).click(),
    );
  const first = await open("[data-member-index]");
  // The server's whole list comes and is stored.
  await page.getByText(`${world.crowd.size.toLocaleString("en")} people`).waitFor();
  await page
    .locator(`[role="listitem"][aria-setsize="${world.crowd.size}"] [data-member-index]`)
    .first()
    .waitFor();
  const whole = Date.now() - first.begin;
  await delay(1500);
  const times = await filterMembers(client);
  await page.getByRole("searchbox", { name: "Find a member" }).fill("");
  const { frames, maxElements } = await page.evaluate(
    (speed) => window.bench.scrollDown("[data-member-index]", speed, 300),
    SCROLL_SPEED,
  );
  return {
    "members.count": world.crowd.size,
    "members.first": latency(first),
    "members.whole": whole / 1000,
    "members.filter.p50": percentile(times, 0.5),
    "members.filter.p95": percentile(times, 0.95),
    "members.frame.p99": percentile(frames, 0.99),
    "members.elements": maxElements,
  };
}

/** From each key in the search field until another number of people is painted. */
async function filterMembers(client: Client): Promise<readonly number[]> {
  const { page } = client;
  const box = page.getByRole("searchbox", { name: "Find a member" });
  const selector = "[data-member-index]";
  const times: number[] = [];
  // They are called by number: each key leaves others in the list than the one before.
  for (const query of ["17", "42", "93", "58", "06", "71", "34", "89", "25", "60"]) {
    await box.fill("");
    await delay(400);
    await box.focus();
    for (const key of query) {
      const than = await page.evaluate((row) => window.bench.setSize(row), selector);
      const sight = { see: "other-size", selector, than } as const;
      times.push(latency(await client.after("keydown", sight, () => page.keyboard.press(key))));
      await delay(150);
    }
  }
  return times.slice(WARM_UP);
}

async function reactions({ world, client }: Stage): Promise<Measured> {
  const { page } = client;
  const opened = await openSeeing(client, world.reactions, "[data-reaction]");
  const again: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    await client.openRoom(world.longRoom.name, world.longRoom.roomId);
    await delay(200);
    again.push(latency(await openSeeing(client, world.reactions, "[data-reaction]")));
  }
  const added: number[] = [];
  const count = Math.min(12, await page.locator("[data-reaction]").count());
  for (let at = 0; at < count; at += 1) {
    const chip = page.locator("[data-reaction]").nth(at);
    const key = (await chip.getAttribute("data-reaction")) ?? "";
    const pressed = (isPressed: boolean): string => `[data-reaction="${key}"][aria-pressed="${isPressed}"]`;
    const sight = { see: "element", selector: pressed(true) } as const;
    added.push(latency(await client.after("click", sight, () => chip.click())));
    await delay(250);
    // The next run is of the same person in the same room.
    await page.locator(pressed(true)).click();
    await page.locator(pressed(false)).waitFor();
  }
  return {
    "reactions.count": world.reactions.size,
    "reactions.opened": latency(opened),
    "reactions.again": median(again),
    "reactions.added.p50": percentile(added, 0.5),
    "reactions.added.p95": percentile(added, 0.95),
  };
}

async function pictures({ world, client }: Stage): Promise<Measured> {
  await client.openRoom(world.pictures.name, world.pictures.roomId);
  await delay(1000);
  const scrolled = await toStart(client);
  return {
    "pictures.rate": world.pictures.size / (scrolled.ms / 1000),
    "pictures.messages": world.pictures.size,
    "pictures.p99": percentile(scrolled.frames, 0.99),
    "pictures.worst": Math.max(...scrolled.frames),
    "pictures.elements": scrolled.maxElements,
  };
}

async function gallery({ world, client }: Stage): Promise<Measured> {
  const { page } = client;
  const shown = `[role="log"][data-room-id="${world.gallery.roomId}"] [data-kind="message"] img`;
  const opened = await openSeeing(client, world.gallery, shown);
  await delay(500);
  const scrolled = await toStart(client);
  const viewed: number[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const picture = page.locator(`[role="log"] [data-kind="message"] button:has(img)`).nth(turn % 2);
    const sight = { see: "element", selector: "dialog img, [role=dialog] img" } as const;
    viewed.push(latency(await client.after("click", sight, () => picture.click())));
    await delay(200);
    await page.keyboard.press("Escape");
    await delay(200);
  }
  return {
    "gallery.pictures": world.gallery.size,
    "gallery.opened": latency(opened),
    "gallery.p99": percentile(scrolled.frames, 0.99),
    "gallery.worst": Math.max(...scrolled.frames),
    "gallery.elements": scrolled.maxElements,
    "gallery.viewer": median(viewed.slice(1)),
    ...(await mediaGrid(client)),
  };
}

/** The list of the room's pictures at its side. */
async function mediaGrid(client: Client): Promise<Measured> {
  const { page } = client;
  await page.getByRole("button", { name: "Details" }).click();
  const sight = { see: "element", selector: "[data-cell] img" } as const;
  const opened = await client.after("click", sight, () =>
    page.getByRole("button", { name: "Media and files" }).click(),
  );
  await delay(500);
  const { frames, maxElements } = await page.evaluate(
    (speed) => window.bench.scrollDown("[data-cell]", speed, 240),
    GRID_SPEED,
  );
  return {
    "gallery.grid": latency(opened),
    "gallery.grid.p99": percentile(frames, 0.99),
    "gallery.grid.elements": maxElements,
  };
}

/** From the click in the list until it is painted. */
async function openSeeing(client: Client, { name, roomId }: BigRoom, selector: string): Promise<Painted> {
  const { page } = client;
  await page.getByRole("searchbox", { name: "Find a room" }).fill(name);
  const row = page.locator(`nav [data-room-id="${roomId}"]`).first();
  await row.waitFor();
  const painted = await client.after("click", { see: "element", selector }, () => row.click());
  await page.getByRole("searchbox", { name: "Find a room" }).fill("");
  return painted;
}

const toStart = (client: Client) =>
  client.page.evaluate((speed) => window.bench.scrollToStart(speed), SCROLL_SPEED);

const latency = ({ begin, painted }: Painted): number => painted - begin;
