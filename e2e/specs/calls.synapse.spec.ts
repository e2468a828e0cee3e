import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { expect, test } from "../launch/fixtures.ts";
import type { Caller } from "../pages/call-story.ts";
import { CallTown, type Chat } from "../pages/call-town.ts";
import type { JsSdkCaller } from "../pages/js-sdk-caller.ts";
import type { SynapseUser } from "../synapse/register.ts";

// Real calls on a real Synapse: ours with ours, and ours with matrix-js-sdk's own call code, in both directions.

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

let town: CallTown;
let people: { readonly ana: SynapseUser; readonly ben: SynapseUser; readonly jo: SynapseUser };
/** Ana and Ben have our client, Jo has matrix-js-sdk. */
let ana: Caller;
let ben: Caller;
let jo: JsSdkCaller;
let withBen: Chat;
let withJo: Chat;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  town = await CallTown.open(browser);
  people = { ana: await town.person("ana"), ben: await town.person("ben"), jo: await town.person("jo") };
  withBen = await town.chat(people.ana, people.ben);
  withJo = await town.chat(people.ana, people.jo);
  [ana, ben, jo] = await Promise.all([
    town.ours(people.ana, withBen),
    town.ours(people.ben, withBen),
    town.theirs(people.jo, withJo),
  ]);
});
test.afterAll(() => town?.close());

const anaTurnsTo = (chat: Chat): Promise<void> => ana.dunlin.openRoom(chat.name, chat.roomId);

test("ours calls ours: pictures and sound both ways, muted, held, screen shared, hung up by the callee", async () => {
  await ana.calls.place("video");
  await ben.calls.rings();
  await ben.calls.answer("video");
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await Promise.all([ana.calls.flows(all), ben.calls.flows(all)]);

  await ana.calls.button("Mute microphone").click();
  await expect(ben.calls.call).toContainText("Ana is muted");
  await ben.calls.hearsNothing();
  await ana.calls.button("Unmute microphone").click();
  await ben.calls.flows(["energyIn"], 0.0001);

  await ben.calls.button("Hold").click();
  await expect(ana.calls.call).toContainText("Ben has put the call on hold");
  await Promise.all([ana.calls.stops("audioIn"), ben.calls.stops("audioIn")]);
  await ben.calls.button("Resume").click();
  await Promise.all([ana.calls.flows(all), ben.calls.flows(all)]);

  await ben.calls.button("Share your screen").click();
  await expect(ana.calls.page.getByLabel("Screen of Ben")).toBeVisible();
  await ana.calls.flows(["framesIn"]);
  await ben.calls.button("Stop sharing your screen").click();
  await expect(ana.calls.page.getByLabel("Screen of Ben")).toHaveCount(0);

  await ben.calls.hangUp();
  await ana.calls.ended(/Ben hung up/);
  for (const one of [ana, ben])
    await expect.poll(() => one.calls.counts()).toMatchObject({ open: 0, live: 0 });
});

test("ours calls matrix-js-sdk with video: muted and held by each, screens shared by each, hung up there", async () => {
  await anaTurnsTo(withJo);
  await ana.calls.place("video");
  await jo.rings();
  await jo.answer("video");
  await Promise.all([ana.calls.isConnected(), jo.isConnected()]);
  await Promise.all([ana.calls.flows(all), jo.flows(all)]);
  expect((await jo.call())?.callId).toBe(await ana.calls.callId());

  // Muted by ours, then by theirs.
  await ana.calls.button("Mute microphone").click();
  await jo.says({ feeds: [{ purpose: "m.usermedia", isAudioMuted: true, isVideoMuted: false }] });
  await jo.hearsNothing();
  await ana.calls.button("Unmute microphone").click();
  await jo.says({ feeds: [{ purpose: "m.usermedia", isAudioMuted: false, isVideoMuted: false }] });
  await jo.flows(["energyIn"], 0.0001);
  await jo.mute(true);
  await expect(ana.calls.call).toContainText("Jo is muted");
  await ana.calls.hearsNothing();
  await jo.mute(false);
  await expect(ana.calls.call).not.toContainText("Jo is muted");
  await ana.calls.flows(["energyIn"], 0.0001);
  await jo.camera(false);
  await expect(ana.calls.page.getByLabel("Video of Jo")).toHaveCount(0);
  await jo.camera(true);
  await expect(ana.calls.page.getByLabel("Video of Jo")).toBeVisible();
  await ana.calls.flows(["framesIn"]);

  // Held by ours, then by theirs.
  await ana.calls.button("Hold").click();
  await jo.says({ isHeld: true });
  await Promise.all([jo.stops("audioIn"), ana.calls.stops("audioIn")]);
  await ana.calls.button("Resume").click();
  await jo.says({ isHeld: false });
  await Promise.all([ana.calls.flows(all), jo.flows(all)]);
  await jo.hold(true);
  await expect(ana.calls.call).toContainText("Jo has put the call on hold");
  await jo.stops("audioIn");
  await jo.hold(false);
  await expect(ana.calls.call).not.toContainText("on hold");
  await Promise.all([ana.calls.flows(all), jo.flows(all)]);

  // The screen of ours, then theirs.
  await ana.calls.button("Share your screen").click();
  await expect
    .poll(async () => (await jo.call())?.feeds.map(({ purpose }) => purpose).sort())
    .toEqual(["m.screenshare", "m.usermedia"]);
  await jo.flows(["framesIn"]);
  await ana.calls.button("Stop sharing your screen").click();
  await expect
    .poll(async () => (await jo.call())?.feeds.map(({ purpose }) => purpose))
    .toEqual(["m.usermedia"]);
  await jo.screen(true);
  await expect(ana.calls.page.getByLabel("Screen of Jo")).toBeVisible();
  await ana.calls.flows(["framesIn"]);
  await jo.screen(false);
  await expect(ana.calls.page.getByLabel("Screen of Jo")).toHaveCount(0);
  await Promise.all([ana.calls.flows(all), jo.flows(all)]);

  await jo.hangUp();
  await ana.calls.ended(/Jo hung up/);
  await expect.poll(() => ana.calls.counts()).toMatchObject({ open: 0, live: 0 });
});

test("matrix-js-sdk calls ours: by voice, hung up by ours; with video, hung up by the caller", async () => {
  await jo.place("voice");
  await ana.calls.rings();
  await expect(ana.calls.ringing).toHaveAccessibleName("Voice call from Jo");
  await ana.calls.answer();
  await Promise.all([ana.calls.isConnected(), jo.isConnected()]);
  await Promise.all([ana.calls.flows(sound), jo.flows(sound)]);
  expect((await ana.calls.counts()).framesIn).toBe(0);
  await ana.calls.hangUp();
  await jo.ended({ endedBy: "remote", reason: "user_hangup" });

  await jo.place("video");
  await ana.calls.rings();
  await expect(ana.calls.ringing).toHaveAccessibleName("Video call from Jo");
  await ana.calls.answer("video");
  await Promise.all([ana.calls.isConnected(), jo.isConnected()]);
  await Promise.all([ana.calls.flows(all), jo.flows(all)]);
  await jo.hangUp();
  await expect.poll(() => ana.calls.counts()).toMatchObject({ open: 0, live: 0 });
});

test("declined: ours by matrix-js-sdk, matrix-js-sdk's by ours", async () => {
  await anaTurnsTo(withJo);
  const captures = (await jo.counts()).captures;
  await ana.calls.place("voice");
  await jo.rings();
  await jo.reject();
  await ana.calls.ended(/Jo declined the call/);
  expect((await jo.counts()).captures).toBe(captures);

  const ours = (await ana.calls.counts()).captures;
  await jo.place("voice");
  await ana.calls.decline();
  await jo.ended({ endedBy: "remote" });
  expect((await ana.calls.counts()).captures).toBe(ours);
});

test("busy: told by matrix-js-sdk it is said; who is talking hears of another call and goes on", async () => {
  await anaTurnsTo(withJo);
  await ana.calls.place("voice");
  await jo.rings();
  await jo.sayBusy();
  await ana.calls.ended(/Jo is in another call/);

  await anaTurnsTo(withBen);
  await ana.calls.place("voice");
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await jo.place("voice");
  await ana.calls.rings();
  await ana.calls.decline();
  await jo.ended({ endedBy: "remote" });
  await Promise.all([ana.calls.flows(sound), ben.calls.flows(sound)]);
  await ana.calls.hangUp();
  await ben.calls.ended(/Ana hung up/);
});

test("two devices of one user, ours and matrix-js-sdk: what one answers stops ringing on the other", async () => {
  const tablet = await town.theirs(people.ben, withBen);
  await anaTurnsTo(withBen);
  await ana.calls.place("voice");
  await Promise.all([ben.calls.rings(), tablet.rings()]);
  await tablet.answer();
  await Promise.all([ana.calls.isConnected(), tablet.isConnected()]);
  await expect(ben.calls.ringing).toHaveCount(0);
  await ben.calls.ended(/Answered on another device/);
  await Promise.all([ana.calls.flows(sound), tablet.flows(sound)]);
  await ana.calls.hangUp();
  await tablet.ended({ endedBy: "remote" });

  await ana.calls.place("voice");
  await Promise.all([ben.calls.rings(), tablet.rings()]);
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await tablet.ended({ reason: "answered_elsewhere" });
  await Promise.all([ana.calls.flows(sound), ben.calls.flows(sound)]);
  await ana.calls.hangUp();
  await ben.calls.ended(/Ana hung up/);
});
