import { expect as impatient } from "@playwright/test";
import type { CallPage } from "./call-page.ts";
import { callAt, callTale } from "./call-tale.ts";
import type { LateProxy } from "./late-proxy.ts";

/** One of two people who call each other, and their way to the server. */
export interface GlareSide {
  readonly calls: CallPage;
  readonly proxy: LateProxy;
}

/** What became of two people calling each other. `answered`: theirs rang before the second one had called at all. */
export type GlareOutcome = "sent" | "preparing" | "answered";

const expect = impatient.configure({ timeout: 60_000 });
/** Longest delay of anything, ms. */
const LATE = 3_000;
/** About how long a call is in preparation: microphone, offer, first candidates; ms. */
const PREPARATION = 300;

/**
 * Two people call each other in the same moment or just before they would hear of the other's call, with connections as
 * slow as chance has it; the call is tried out and ended. Throws where it does not come to be exactly one.
 */
export async function callEachOther(
  pair: readonly [GlareSide, GlareSide],
  random: () => number,
): Promise<GlareOutcome> {
  const [first, second] = random() < 0.5 ? pair : [pair[1], pair[0]];
  const [toServer, fromServer] = [random() * LATE, random() * LATE];
  first.proxy.setLateness({ signals: toServer, news: random() * LATE });
  second.proxy.setLateness({ signals: random() * LATE, news: fromServer });
  const before = await Promise.all(pair.map(({ calls }) => calls.counts()));
  const invitesBefore = invitesOf(pair);
  for (const { calls } of pair) await callTale(calls.page);

  const way = toServer + fromServer;
  const offset = random() < 0.5 ? random() * way : way + random() * PREPARATION;
  const start = Date.now() + 500;
  await Promise.all([callAt(first.calls.page, start), callAt(second.calls.page, start + offset)]);

  await Promise.all(
    pair.map(({ calls }) => expect(calls.call).toHaveAttribute("data-call-state", "connected")),
  );
  const [one, other] = await Promise.all(pair.map(({ calls }) => calls.callId()));
  expect(one).toBe(other);
  await Promise.all(pair.map(({ calls }) => calls.flows(["audioIn", "audioOut"])));
  const after = await Promise.all(pair.map(({ calls }) => calls.counts()));
  for (const [index, now] of after.entries())
    expect({ open: now.open, captures: now.captures - (before[index]?.captures ?? 0) }).toEqual({
      open: 1,
      captures: 1,
    });
  const tales = await Promise.all(pair.map(({ calls }) => callTale(calls.page)));
  const invites = invitesOf(pair) - invitesBefore;
  await hangUp(pair);
  const outcome = tales.some(rangFirst) ? "answered" : invites === 2 ? "sent" : "preparing";
  // Once we call, nothing rings: a ring after our own call began is the second one.
  if (outcome !== "answered") for (const tale of tales) expect(tale).not.toContain("ringing");
  return outcome;
}

const rangFirst = (tale: readonly string[]): boolean => tale.find((state) => state !== "ended") === "ringing";

const invitesOf = (pair: readonly GlareSide[]): number =>
  pair.reduce((sum, { proxy }) => sum + proxy.invites, 0);

async function hangUp(pair: readonly [GlareSide, GlareSide]): Promise<void> {
  for (const { proxy } of pair) proxy.setLateness({ signals: 0, news: 0 });
  await pair[0].calls.hangUp();
  for (const { calls } of pair)
    await expect(calls.call.and(calls.page.locator('[data-call-state="connected"]'))).toHaveCount(0);
  for (const { calls } of pair) await expect.poll(async () => (await calls.counts()).open).toBe(0);
}
