// Finding among a million messages: at the core, as somebody asks, and in the page, as somebody types.
import { setTimeout as delay } from "node:timers/promises";
import { PortClient } from "../launch/port-client.ts";
import { Client } from "./client.ts";
import type { Measured } from "./run-parts.ts";
import { inVain, questions, typed } from "./search-corpus.ts";
import type { SearchStore } from "./search-store.ts";
import { percentile } from "./statistics.ts";

/** How often everything is asked; the first round fills caches and is thrown away. */
const ROUNDS = 3;

/** Asks the store that was made for it. */
export async function search({ profileDir, messages, rate }: SearchStore): Promise<Measured> {
  const client = await Client.open(profileDir);
  try {
    await client.startApp();
    const atCore = await askCore(client.app.url);
    await client.openPage();
    await client.isLive();
    client.beginCost();
    const times = await typeInPage(client);
    const cost = await client.cost();
    return {
      "search.messages": messages,
      "search.made": rate,
      ...atCore,
      "search.painted.p50": percentile(times, 0.5),
      "search.painted.p95": percentile(times, 0.95),
      "search.cpu": cost.cpu,
      "search.heap": cost.heap,
      "search.pss": cost.pss,
    };
  } finally {
    await client.close();
  }
}

async function askCore(url: string): Promise<Measured> {
  const core = await PortClient.open(url);
  const connection = await core.watch("connection", null);
  await connection.until(({ state }) => state === "live");
  const first: number[] = [];
  const vain: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const text of [...questions, ...inVain]) {
      const isVain = inVain.includes(text);
      const ms = await answered(core, text, isVain);
      if (round > 0) (isVain ? vain : first).push(ms);
      await delay(50);
    }
  }
  core.close();
  return {
    "search.core.p50": percentile(first, 0.5),
    "search.core.p95": percentile(first, 0.95),
    "search.core.max": Math.max(...first),
    "search.vain": Math.max(...vain),
  };
}

/** Ms until the first results are there, or until it is certain that there are none. */
async function answered(core: PortClient, text: string, isVain: boolean): Promise<number> {
  const begin = performance.now();
  const asked = await core.watch("search", { text, roomId: null });
  await asked.until(({ results, here }) => here === "done" || (!isVain && results.length > 0));
  const ms = performance.now() - begin;
  const { results } = asked.value;
  asked.close();
  if (isVain !== (results.length === 0))
    throw new Error(`${text}: ${results.length} results, which is not what was put in`);
  return ms;
}

/** From each key until what it found is painted, with what it found marked. */
async function typeInPage(client: Client): Promise<readonly number[]> {
  const { page } = client;
  await page.keyboard.press("Control+Shift+F");
  const field = page.getByRole("searchbox", { name: "Search everywhere" });
  await field.waitFor();
  const times: number[] = [];
  for (const word of ["sand", ...typed]) {
    await field.fill("");
    await delay(300);
    await field.focus();
    for (let end = 1; end <= word.length; end += 1) {
      const sight = { see: "marked", text: word.slice(0, end) } as const;
      const { begin, painted } = await client.after("keydown", sight, () =>
        page.keyboard.press(word.charAt(end - 1)),
      );
      if (word !== "sand") times.push(painted - begin);
      await delay(120);
    }
  }
  return times;
}
