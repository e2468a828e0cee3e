import type { Browser } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../launch/app.ts";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { CallPage } from "../pages/call-page.ts";
import { probeCalls } from "../pages/call-probe.ts";
import { tellCalls } from "../pages/call-tale.ts";
import { callEachOther, type GlareOutcome, type GlareSide } from "../pages/glare-pair.ts";
import { startLateProxy } from "../pages/late-proxy.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { makeRoom, makeUsers } from "../synapse/seed.ts";
import { startSynapse } from "../synapse/start.ts";

// People call each other in the same moment, through connections that are up to three seconds late each way, with real
// WebRTC on a real Synapse: each time it is exactly one call, with sound both ways, without a ring and with one question
// for the microphone (GLAR-01…12). DUNLIN_GLARES: how often, default 20. DUNLIN_GLARES_SEED repeats a run.

const GLARES = Number(process.env["DUNLIN_GLARES"] ?? 20);
/** At the same time: most of a call is waiting, but each pair is two apps and two pages on a machine of two cores. */
const PAIRS = 2;

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});

test(`${GLARES} times two people call each other, and it is one call each time`, async ({ browser }) => {
  test.setTimeout(240_000 + GLARES * 20_000);
  const seed = Number(process.env["DUNLIN_GLARES_SEED"] ?? Date.now() % 1_000_000);
  console.log(`glares seed ${seed}`);
  const synapse = await startSynapse();
  const ends: (() => Promise<unknown>)[] = [() => synapse.stop()];
  const outcomes = { sent: 0, preparing: 0, answered: 0 } satisfies Record<GlareOutcome, number>;
  let left = GLARES;

  async function sitDown(user: SynapseUser, roomId: string, name: string): Promise<GlareSide> {
    const proxy = await startLateProxy(synapse.baseUrl);
    ends.unshift(() => proxy.stop());
    const profileDir = mkdtempSync(join(tmpdir(), "dunlin-glares-"));
    const order = { homeserver: proxy.baseUrl, user: user.localpart, password: user.password };
    const app = await startApp({ profileDir, env: { DUNLIN_SIGN_IN: JSON.stringify(order) } });
    ends.unshift(async () => {
      await app.kill();
      rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
    });
    const { page, dunlin } = await openPage(browser, app.url);
    ends.unshift(() => page.context().close());
    await dunlin.connection("live");
    await dunlin.openRoom(name, roomId);
    return { proxy, calls: new CallPage(page) };
  }

  async function callAndCall(number: number): Promise<void> {
    const random = seeded(seed + number);
    const name = `Pair ${number}`;
    const users = await makeUsers(synapse.baseUrl, 2, `pair${number}`);
    const [creator, guest] = users as [SynapseUser, SynapseUser];
    const roomId = await makeRoom(synapse.baseUrl, creator, { name, members: [guest] });
    const pair = [await sitDown(creator, roomId, name), await sitDown(guest, roomId, name)] as const;
    while (left > 0) {
      left -= 1;
      const outcome = await callEachOther(pair, random);
      outcomes[outcome] += 1;
      // That was no glare but a call and its answer.
      if (outcome === "answered") left += 1;
      const done = outcomes.sent + outcomes.preparing;
      if (done % 20 === 0) console.log(`${done} of ${GLARES}: ${JSON.stringify(outcomes)}`);
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(PAIRS, GLARES) }, (_, number) => callAndCall(number)));
    console.log(
      `glares: ${outcomes.sent + outcomes.preparing} of ${GLARES} became one call: both invites sent ${outcomes.sent}, ` +
        `one still preparing ${outcomes.preparing}; beside them ${outcomes.answered} that rang before the other one called`,
    );
    expect(outcomes.sent + outcomes.preparing).toBe(GLARES);
    // Both rules had their turn, else this has proved less than it says.
    if (GLARES >= 20) expect(Math.min(outcomes.sent, outcomes.preparing)).toBeGreaterThan(0);
  } finally {
    for (const end of ends) await end();
  }
});

async function openPage(browser: Browser, url: string) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  const page = await context.newPage();
  await probeCalls(page);
  await tellCalls(page);
  await page.goto(url);
  return { page, dunlin: new AppPage(page) };
}

/** The same chance for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
