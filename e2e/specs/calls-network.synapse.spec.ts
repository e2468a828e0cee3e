import { expect, test, type Browser } from "@playwright/test";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import type { Caller } from "../pages/call-story.ts";
import { CallTown, type Chat } from "../pages/call-town.ts";
import { startCoturn, type Coturn } from "../synapse/coturn.ts";

// What lies between two people: only a relay (a real coturn, with credentials by Synapse), a relay that refuses, a
// homeserver that dies in mid-call.

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});
test.describe.configure({ timeout: 240_000 });

const sound = ["audioIn", "audioOut"] as const;
const all = [...sound, "framesIn", "framesOut"] as const;

interface Talk {
  readonly town: CallTown;
  readonly chat: Chat;
  readonly ana: Caller;
  readonly ben: Caller;
}

let coturn: Coturn;
let talk: Talk;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(15 * 60_000);
  coturn = await startCoturn();
  talk = await sitDown(browser, coturn.synapseConfig());
});
test.afterAll(async () => {
  await talk?.town.close();
  await coturn?.stop();
});

async function sitDown(browser: Browser, config: Record<string, unknown>): Promise<Talk> {
  const town = await CallTown.open(browser, config);
  const [one, other] = [await town.person("ana"), await town.person("ben")];
  const chat = await town.chat(one, other);
  const [ana, ben] = await Promise.all([town.ours(one, chat), town.ours(other, chat)]);
  return { town, chat, ana, ben };
}

async function hideAddress({ calls }: Caller, isHidden: boolean): Promise<void> {
  await calls.page.keyboard.press("Control+,");
  const settings = calls.page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("switch", { name: "Hide my address in calls" }).setChecked(isHidden);
  await calls.page.keyboard.press("Escape");
  await expect(settings).toHaveCount(0);
}

/** Every candidate that was told in the chat, in descriptions and beside them. */
async function toldCandidates({ town, chat }: Talk): Promise<readonly string[]> {
  const types = ["m.call.invite", "m.call.answer", "m.call.candidates", "m.call.negotiate"];
  const events = (await Promise.all(types.map((type) => town.events(chat, type)))).flat();
  return events
    .flatMap(({ content }) => [
      ...(content.offer?.sdp ?? content.answer?.sdp ?? "").split(/\r?\n/),
      ...(content.candidates ?? []).map(({ candidate }) => candidate),
    ])
    .filter((line) => line.includes("candidate:"));
}

test("with addresses hidden pictures and sound go through the homeserver's relay, and no address is told", async () => {
  const { ana, ben } = talk;
  await Promise.all([hideAddress(ana, true), hideAddress(ben, true)]);
  await ana.calls.place("video");
  await ben.calls.rings();
  await ben.calls.answer("video");
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await Promise.all([ana.calls.flows(all), ben.calls.flows(all)]);
  for (const one of [ana, ben]) expect((await one.calls.counts()).candidate).toBe("relay");
  const told = await toldCandidates(talk);
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((line) => !/ typ relay raddr (0\.0\.0\.0|::) rport 0\b/.test(line))).toEqual([]);
  await ana.calls.hangUp();
  await ben.calls.ended(/Ana hung up/);
  await Promise.all([hideAddress(ana, false), hideAddress(ben, false)]);
});

test("matrix-js-sdk that may only use a relay and ours that may use all find each other", async () => {
  const { town, ana, chat } = talk;
  const jo = await town.person("jo");
  const withJo = await town.chat(chat.people[0], jo);
  const sdk = await town.theirs(jo, withJo, { isRelayOnly: true });
  await ana.dunlin.openRoom(withJo.name, withJo.roomId);
  await ana.calls.place("voice");
  await sdk.rings();
  await sdk.answer();
  await Promise.all([ana.calls.isConnected(), sdk.isConnected()]);
  await Promise.all([ana.calls.flows(sound), sdk.flows(sound)]);
  expect((await sdk.counts()).candidate).toBe("relay");
  await sdk.hangUp();
  await ana.calls.ended(/Jo hung up/);
  await ana.dunlin.openRoom(chat.name, chat.roomId);
});

test("the homeserver dies in mid-call: the talk goes on, and hanging up meanwhile arrives when it is back", async () => {
  const { town, ana, ben } = talk;
  await ana.calls.place("voice");
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await town.synapse.kill();
  await Promise.all([ana.dunlin.connection("offline"), ben.dunlin.connection("offline")]);
  await Promise.all([ana.calls.flows(sound, 100), ben.calls.flows(sound, 100)]);
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);

  await town.synapse.restart();
  await Promise.all([ana.dunlin.connection("live"), ben.dunlin.connection("live")]);
  await Promise.all([ana.calls.flows(sound), ben.calls.flows(sound)]);
  await ben.calls.hangUp();
  await ana.calls.ended(/Ben hung up/);

  await ana.calls.place("voice");
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await town.synapse.kill();
  await Promise.all([ana.dunlin.connection("offline"), ben.dunlin.connection("offline")]);
  await ben.calls.hangUp();
  await expect.poll(() => ben.calls.counts()).toMatchObject({ open: 0, live: 0 });
  await town.synapse.restart();
  await ana.calls.ended(/Ben hung up/);
  await expect.poll(() => ana.calls.counts()).toMatchObject({ open: 0, live: 0 });
});

test("a relay that refuses: who hides their address is told that no relay works", async ({ browser }) => {
  const refused = await sitDown(browser, coturn.synapseConfig("another secret"));
  try {
    const { ana, ben } = refused;
    await hideAddress(ana, true);
    await ana.calls.place("voice");
    await ben.calls.answer();
    await ana.calls.ended(/No connection to Ben came about\..*the homeserver offers no relay that works/);
    await ben.calls.ended(/No connection to Ana came about/);
    for (const one of [ana, ben])
      await expect.poll(() => one.calls.counts()).toMatchObject({ open: 0, live: 0 });
    expect((await toldCandidates(refused)).filter((line) => / typ relay /.test(line))).toEqual([]);
  } finally {
    await refused.town.close();
  }
});
