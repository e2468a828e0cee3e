import { expect, test } from "@playwright/test";
import { setTimeout as delay } from "node:timers/promises";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import type { Caller } from "../pages/call-story.ts";
import { CallTown, type Chat } from "../pages/call-town.ts";
import type { JsSdkCaller } from "../pages/js-sdk-caller.ts";
import { watchRinging } from "../pages/ringing-watch.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";

// Ours and matrix-js-sdk call each other, both invites are on the wire (the "sent" rule, GLAR-04…10): every time one
// call, with sound both ways, in which nobody was asked anything. matrix-js-sdk compares call ids also while it
// prepares, against the specification; so both hear of nothing until both invites are out.

/** `DUNLIN_SDK_GLARES=50` is the number of the issue; what it came to stands in docs/calls.md. */
const GLARES = Number(process.env["DUNLIN_SDK_GLARES"] ?? 10);
const PAIRS = 2;

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});

interface Pair {
  readonly chat: Chat;
  readonly ours: Caller;
  readonly theirs: JsSdkCaller;
  readonly line: FaultyProxy;
}

let town: CallTown;
let pairs: readonly Pair[];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  town = await CallTown.open(browser);
  pairs = await Promise.all(Array.from({ length: PAIRS }, (_, index) => sitDown(index)));
});
test.afterAll(async () => {
  await town?.close();
  for (const { line } of pairs ?? []) await line.stop();
});

async function sitDown(index: number): Promise<Pair> {
  const [ana, jo] = [await town.person(`ana${index}`), await town.person(`jo${index}`)];
  const chat = await town.chat(ana, jo);
  const line = await startFaultyProxy(town.synapse.baseUrl);
  const ours = await town.ours(ana, chat, { homeserver: line.baseUrl });
  return { chat, line, ours, theirs: await town.theirs(jo, chat) };
}

test(`${GLARES} times both call at once: one call on both sides, whichever id is the lesser`, async () => {
  test.setTimeout(120_000 + GLARES * 20_000);
  const kept = { ours: 0, theirs: 0 };
  let next = 0;
  await Promise.all(
    pairs.map(async (pair) => {
      const rang = await watchRinging(pair.ours.calls.page);
      while (next < GLARES) {
        const number = next++;
        const winner = await test.step(`glare ${number + 1}`, () => glare(pair, number));
        kept[winner] += 1;
      }
      expect(await rang()).toBe(false);
      expect(await pair.theirs.rung()).toBe(0);
    }),
  );
  expect(kept).toEqual({ ours: Math.floor(GLARES / 2), theirs: Math.ceil(GLARES / 2) });
});

/** One glare from click to hanging up; whose invite was kept. Theirs has the lesser id when `number` is even. */
async function glare({ chat, ours, theirs, line }: Pair, number: number): Promise<"ours" | "theirs"> {
  const before = (await town.events(chat, "m.call.invite")).length;
  const captures = [(await ours.calls.counts()).captures, (await theirs.counts()).captures] as const;
  const hear = line.holdNews();
  await theirs.holdNews();
  // "-" is lesser than whatever our ids begin with, "~" is greater.
  const theirId = `${number % 2 === 0 ? "-" : "~"}${number}.${Date.now()}`;
  await Promise.all([ours.calls.place("voice"), theirs.place("voice", theirId)]);
  const invites = async () => (await town.events(chat, "m.call.invite")).slice(before);
  await expect.poll(async () => (await invites()).length, { intervals: [50] }).toBe(2);
  await Promise.all([
    delay(Math.random() * 1000).then(() => hear()),
    delay(Math.random() * 1000).then(() => theirs.hearNews()),
  ]);

  await Promise.all([ours.calls.isConnected(), theirs.isConnected()]);
  const ids = (await invites()).map(({ content }) => content.call_id).sort();
  expect(await ours.calls.callId()).toBe(ids[0]);
  expect((await theirs.call())?.callId).toBe(ids[0]);
  await Promise.all([ours.calls.flows(["audioIn", "audioOut"]), theirs.flows(["audioIn", "audioOut"])]);
  expect(await ours.calls.counts()).toMatchObject({ open: 1, captures: captures[0] + 1 });
  expect(await theirs.counts()).toMatchObject({ open: 1, captures: captures[1] + 1 });
  const answers = (await town.events(chat, "m.call.answer")).filter(({ content }) =>
    ids.includes(content.call_id),
  );
  expect(answers.map(({ content }) => content.call_id)).toEqual([ids[0]]);

  if (number % 4 < 2) await ours.calls.hangUp();
  else await theirs.hangUp();
  await theirs.ended();
  await expect.poll(() => ours.calls.counts()).toMatchObject({ open: 0, live: 0 });
  return ids[0] === theirId ? "theirs" : "ours";
}
