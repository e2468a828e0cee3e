// `npm run bench -- [--rooms 100,500,5000] [--runs 5] [--only PART,PART] [--json FILE] [--history 20000]
// [--messages 1000000] [--crowd 50000]`
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "../../main/launch/build.mjs";
import { root } from "../../main/launch/root.mjs";
import { say } from "../../main/launch/say.mjs";
import { obtainChromium } from "../launch/chromium.ts";
import { parseFlags, type BenchFlags } from "./flags.ts";
import { freezeBuild } from "./frozen-build.ts";
import { machineLines, thisMachine } from "./machine.ts";
import { oneRun, type Order } from "./one-run.ts";
import { MOST_ROOMS, startShared } from "./other-client.ts";
import { richParts } from "./rich-parts.ts";
import { parts, type Part } from "./rows.ts";
import type { Measured } from "./run-parts.ts";
import { makeSearchStore } from "./search-store.ts";
import { summarise, tableOf, type SizeResult } from "./table.ts";
import { startRichWorld, startWorld } from "./world-process.ts";

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(1));

const flags = parseFlags(process.argv.slice(2));
if (typeof flags === "string") fail(2, flags);
const browser = await obtainChromium();
if ("why" in browser) fail(1, browser.why);
const failure = await build();
if (failure !== undefined) fail(1, failure);
freezeBuild();

/** Rooms over which the messages to search are spread. */
const SEARCHED_ROOMS = 500;
const machine = thisMachine();
const chosen = parts.filter((part) => flags.only.includes(part));
const sizes: SizeResult[] = [];
for (const rooms of flags.rooms) {
  const result = await measure(rooms, flags);
  sizes.push(result);
  console.log(`${tableOf(result, chosen)}\n`);
  write();
}
console.log(machineLines(machine));
const text = write();
if (flags.json === null) console.log(text);
// Numbers with a hole in them are no success.
process.exit(sizes.some(({ remarks }) => remarks.some((remark) => remark.startsWith("FAILED"))) ? 1 : 0);

async function measure(rooms: number, wanted: BenchFlags): Promise<SizeResult> {
  const remarks: string[] = [];
  const runs: Measured[] = Array.from({ length: wanted.runs }, () => ({}));
  const apart: readonly Part[] = ["other-client", "call", "search", ...richParts];
  const onWorld = chosen.filter((part) => !apart.includes(part));
  if (onWorld.length > 0) {
    say(`${rooms} rooms: filling a homeserver`);
    const homeserver = await startWorld({ rooms, history: wanted.history });
    remarks.push(
      ...(await repeat(runs, `${rooms} rooms`, { kind: "world", world: homeserver.world, only: onWorld })),
    );
    await homeserver.stop();
  }
  if (chosen.includes("other-client")) {
    const shared = Math.min(rooms, MOST_ROOMS);
    if (shared < rooms) remarks.push(`The other client's pixel: with ${shared} rooms on Synapse.`);
    say(`${shared} rooms: filling a Synapse`);
    const { synapse, shared: order } = await startShared(shared);
    remarks.push(...(await repeat(runs, `${shared} rooms on Synapse`, { kind: "shared", shared: order })));
    await synapse.stop();
  }
  // The number of rooms plays no part in these.
  if (rooms === wanted.rooms[0]) remarks.push(...(await measureApart(runs, wanted)));
  return { rooms, runs, remarks };
}

async function measureApart(runs: Measured[], wanted: BenchFlags): Promise<readonly string[]> {
  const remarks: string[] = [];
  const only = chosen.filter((part) => (richParts as readonly Part[]).includes(part));
  if (only.length > 0) {
    say(`filling a homeserver with big rooms`);
    const homeserver = await startRichWorld({ crowd: wanted.crowd, history: wanted.history });
    remarks.push(...(await repeat(runs, "big rooms", { kind: "rich", world: homeserver.world, only })));
    await homeserver.stop();
  }
  if (chosen.includes("search")) {
    say(`storing ${wanted.messages} messages, which takes minutes`);
    const homeserver = await startWorld({ rooms: SEARCHED_ROOMS, history: 100 });
    const made = await makeSearchStore(homeserver.world, wanted.messages);
    remarks.push(...(await repeat(runs, "search", { kind: "search", store: made.store })));
    made.stop();
    await homeserver.stop();
  }
  if (chosen.includes("call")) remarks.push(...(await repeat(runs, "calls on Synapse", { kind: "call" })));
  return remarks;
}

/**
 * The first run fills the caches of the machine and is thrown away. A run that fails leaves its place empty and is told
 * of; the others still count.
 */
async function repeat(runs: Measured[], what: string, order: Order): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let run = 0; run <= runs.length; run += 1) {
    const name = run === 0 ? "warm-up" : `run ${run} of ${runs.length}`;
    say(`${what}: ${name}`);
    try {
      const measured = await oneRun(order);
      if (run > 0) Object.assign(runs[run - 1] as Measured, measured);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${why}\n`);
      failed.push(
        `FAILED: ${what}, ${name}: ${why.split("\n").find((line) => /^\w*Error: /.test(line)) ?? why}`,
      );
    }
  }
  return failed;
}

function write(): string {
  const results = sizes.map((size) => ({
    rooms: size.rooms,
    remarks: size.remarks,
    rows: summarise(size, chosen as readonly Part[]),
  }));
  // Numbers without the noise of the clock's last digits.
  const round = (_key: string, value: unknown): unknown =>
    typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
  const json = JSON.stringify({ machine, results }, round, 1);
  const path = (flags as BenchFlags).json ?? join(root, "out", "bench.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${json}\n`);
  return json;
}

function fail(status: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(status);
}
