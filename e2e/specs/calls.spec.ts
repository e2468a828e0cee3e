import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import type { Page } from "@playwright/test";
import type { RawEvent } from "../homeserver/index.ts";
import { expect, test } from "../pages/call-story.ts";
import { holdNews } from "../pages/news-hold.ts";

// Two of ours call each other: real WebRTC between two pages, fake devices, our own homeserver between them.

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});
// Two apps, two pages and their pictures share the machine.
test.describe.configure({ timeout: 240_000 });

const types = (events: readonly RawEvent[]): string[] =>
  events.map(({ type }) => String(type)).filter((type) => type.startsWith("m.call."));
const call = (events: readonly RawEvent[], type: string): unknown[] =>
  events.filter((event) => event.type === type).map(({ content }) => content);

test("a voice call: it rings, sound flows both ways, and either side ends it", async ({
  sitDown,
  homeserver,
  roomId,
}) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("voice");
  await ana.calls.isIn("inviting");
  await ben.calls.rings();
  await expect(ben.calls.ringing).toHaveAccessibleName("Voice call from Ana");
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await Promise.all([ana.calls.flows(["audioIn", "audioOut"]), ben.calls.flows(["audioIn", "audioOut"])]);
  expect(await ana.calls.callId()).toBe(await ben.calls.callId());
  expect((await ana.calls.counts()).framesIn).toBe(0);

  await ben.calls.hangUp();
  await ana.calls.ended(/Ben hung up/);
  await ben.calls.ended(/You hung up/);
  for (const one of [ana, ben])
    await expect
      .poll(() => one.calls.counts())
      .toMatchObject({ open: 0, live: 0, connections: 1, captures: 1 });
  const sent = types(homeserver.world.events(roomId));
  expect(sent.filter((type) => type === "m.call.invite")).toHaveLength(1);
  expect(sent.filter((type) => type === "m.call.answer")).toHaveLength(1);
  expect(sent.filter((type) => type === "m.call.hangup")).toHaveLength(1);
  await expect(ana.dunlin.log.locator('[data-kind="call"]')).toContainText(/Your voice call ·/);
  await expect(ben.dunlin.log.locator('[data-kind="call"]')).toContainText(/Voice call from Ana ·/);
});

test("a video call answered with video: pictures both ways; muted, held, taken up again, ended by the caller", async ({
  sitDown,
}) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("video");
  await ben.calls.rings();
  await expect(ben.calls.ringing).toHaveAccessibleName("Video call from Ana");
  await ben.calls.answer("video");
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  const all = ["audioIn", "audioOut", "framesIn", "framesOut"] as const;
  await Promise.all([ana.calls.flows(all), ben.calls.flows(all)]);
  await expect(ana.calls.page.getByLabel("Video of Ben")).toBeVisible();
  await expect(ana.calls.page.getByLabel("Your video", { exact: true })).toBeVisible();

  // Muted by key: the beeps of the fake microphone are not heard any more, and the other side says so.
  await ana.calls.page.keyboard.press("Control+d");
  await expect(ana.calls.button("Unmute microphone")).toHaveAttribute("aria-pressed", "true");
  await expect(ben.calls.call).toContainText("Ana is muted");
  await ben.calls.hearsNothing();
  await ana.calls.button("Unmute microphone").click();
  await expect(ben.calls.call).not.toContainText("Ana is muted");
  await ben.calls.flows(["energyIn"], 0.0001);

  // The camera goes off with its light, and comes back.
  await ana.calls.page.keyboard.press("Control+e");
  await expect(ben.calls.page.getByLabel("Video of Ana")).toHaveCount(0);
  await expect.poll(async () => (await ana.calls.counts()).live).toBe(1);
  await ana.calls.page.keyboard.press("Control+e");
  await expect(ben.calls.page.getByLabel("Video of Ana")).toBeVisible();
  await ben.calls.flows(["framesIn"]);

  await ana.calls.button("Hold").click();
  await expect(ben.calls.call).toContainText("Ana has put the call on hold");
  await Promise.all([ben.calls.stops("audioIn"), ana.calls.stops("audioIn")]);
  await ana.calls.button("Resume").click();
  await expect(ben.calls.call).not.toContainText("on hold");
  await Promise.all([ana.calls.flows(all), ben.calls.flows(all)]);

  await ana.calls.hangUp();
  await ben.calls.ended(/Ana hung up/);
});

test("a voice call answered becomes a video call when a camera is turned on", async ({ sitDown }) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("voice");
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await ben.calls.button("Turn camera on").click();
  await expect(ana.calls.page.getByLabel("Video of Ben")).toBeVisible();
  await ana.calls.flows(["framesIn"]);
  expect((await ana.calls.counts()).framesOut).toBe(0);
});

test("what is sent and does not come through is said, and no more when it does", async ({ sitDown }) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("video");
  await ben.calls.answer("video");
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await ana.calls.flows(["audioIn", "framesIn"]);
  await expect(ana.calls.call).not.toContainText("No sound arrives");
  // Ben's app believes to send: its packets end below it, as in a firewall that lets one direction through.
  await swallow(ben.calls.page, "audio", true);
  await expect(ana.calls.call).toContainText("No sound arrives from Ben.");
  await swallow(ben.calls.page, "audio", false);
  await expect(ana.calls.call).not.toContainText("No sound arrives");
  await swallow(ben.calls.page, "video", true);
  await expect(ana.calls.call).toContainText("The picture of Ben stands still.");
  await swallow(ben.calls.page, "video", false);
  await expect(ana.calls.call).not.toContainText("stands still");
  await expect(ben.calls.call).not.toContainText(/arrive|stands still/);
});

async function swallow(page: Page, kind: "audio" | "video", isOn: boolean): Promise<void> {
  await page.evaluate(
    async ([which, isSwallowed]) => {
      const sender = window.callProbe?.connections
        .at(-1)
        ?.getSenders()
        .find(({ track }) => track?.kind === which);
      if (sender === undefined) throw new Error("nothing is sent");
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) encoding.active = !isSwallowed;
      await sender.setParameters(parameters);
    },
    [kind, isOn] as const,
  );
}

test("the screen is shared beside the camera, and stops", async ({ sitDown }) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("video");
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await ana.calls.button("Share your screen").click();
  await expect(ben.calls.page.getByLabel("Screen of Ana")).toBeVisible();
  await ben.calls.flows(["framesIn"]);
  await expect(ana.calls.call).toContainText("You are sharing your screen");
  await ana.calls.button("Stop sharing your screen").click();
  await expect(ben.calls.page.getByLabel("Screen of Ana")).toHaveCount(0);
  await expect(ben.calls.page.getByLabel("Video of Ana")).toBeVisible();
  await ben.calls.flows(["framesIn"]);
  expect(await ana.calls.counts()).toMatchObject({ screens: 1, live: 2 });
});

test("declined: the caller is told, nothing was captured there, and the timeline says it", async ({
  sitDown,
  homeserver,
  roomId,
}) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("voice");
  await ben.calls.decline();
  await ana.calls.ended(/Ben declined the call/);
  await expect(ben.calls.ringing).toHaveCount(0);
  expect((await ben.calls.counts()).captures).toBe(0);
  expect(types(homeserver.world.events(roomId))).toContain("m.call.reject");
  await expect(ana.dunlin.log.locator('[data-kind="call"]')).toContainText("Your voice call was declined");
  await expect(ben.dunlin.log.locator('[data-kind="call"]')).toContainText(
    "You declined a voice call from Ana",
  );
});

test("cancelled while it rings: it stops ringing there, and is a missed call with a way to call back", async ({
  sitDown,
}) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("voice");
  await ben.calls.rings();
  await ana.calls.hangUp();
  await expect(ben.calls.ringing).toHaveCount(0);
  await expect(ben.dunlin.log.locator('[data-kind="call"]')).toContainText("Missed voice call from Ana");
  await ben.dunlin.log.getByRole("button", { name: "Call back" }).click();
  await ana.calls.rings();
});

test("sync stands still while it rings: the answer connects when news comes again, and a call given up meanwhile ends", async ({
  sitDown,
  homeserver,
  roomId,
}) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("voice");
  await ben.calls.rings();
  const release = await holdNews(homeserver, roomId);
  await ben.calls.answer();
  await expect.poll(() => types(homeserver.world.events(roomId))).toContain("m.call.answer");
  await ana.calls.isIn("inviting");
  release();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await Promise.all([ana.calls.flows(["audioIn"]), ben.calls.flows(["audioIn"])]);
  await ben.calls.hangUp();
  await ana.calls.ended(/Ben hung up/);

  await ana.calls.place("voice");
  await ben.calls.rings();
  const releaseAgain = await holdNews(homeserver, roomId);
  await ana.calls.hangUp();
  await ben.calls.answer();
  await expect.poll(() => call(homeserver.world.events(roomId), "m.call.answer")).toHaveLength(2);
  releaseAgain();
  await ben.calls.ended(/Ana hung up/);
  for (const one of [ana, ben])
    await expect.poll(() => one.calls.counts()).toMatchObject({ open: 0, live: 0, connections: 2 });
});

test("answered on another device: here it stops ringing and says so", async ({ sitDown }) => {
  const [ana, ben, tablet] = [await sitDown("ana"), await sitDown("ben"), await sitDown("ben")];
  await ana.calls.place("voice");
  await Promise.all([ben.calls.rings(), tablet.calls.rings()]);
  await tablet.calls.answer();
  await Promise.all([ana.calls.isConnected(), tablet.calls.isConnected()]);
  await expect(ben.calls.ringing).toHaveCount(0);
  await ben.calls.ended(/Answered on another device/);
  expect((await ben.calls.counts()).connections).toBe(0);
  await ana.calls.flows(["audioIn", "audioOut"]);
});

test("an invite that is nearly over stops ringing at its end, by the server's age and not by a click", async ({
  sitDown,
  homeserver,
  roomId,
}) => {
  const ben = await sitDown("ben");
  homeserver.world.sendMessage(
    roomId,
    "ana",
    {
      call_id: "c1",
      party_id: "p1",
      version: "1",
      lifetime: 6_000,
      offer: { type: "offer", sdp: "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" },
    },
    { type: "m.call.invite" },
  );
  await ben.calls.rings();
  await expect(ben.calls.ringing).toHaveCount(0);
  await expect(ben.dunlin.log.locator('[data-kind="call"]')).toContainText("Missed voice call from Ana");
  expect(call(homeserver.world.events(roomId), "m.call.reject")).toEqual([]);
});

test("elsewhere in the app the call goes on as a bar on top, with its sound", async ({
  sitDown,
  homeserver,
}) => {
  homeserver.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  await ana.calls.place("voice");
  await ben.calls.answer();
  await ana.calls.isConnected();
  await ana.dunlin.rooms.getByText("Harbour").first().click();
  await ana.calls.isConnected();
  await expect(ana.calls.call.getByText("Back to the call")).toBeVisible();
  await expect(ana.calls.button("Voice call")).toHaveAttribute("aria-disabled", "true");
  await expect(ana.calls.button("Voice call")).toHaveAccessibleDescription("You are in a call already.");
  await ana.calls.flows(["audioIn", "audioOut"]);
  await ana.calls.call.getByRole("button", { name: /Back to the call/ }).click();
  await expect(ana.calls.call.getByRole("toolbar")).toBeVisible();
});

test("the buttons say why they are off: a third person, nobody else", async ({ sitDown, homeserver }) => {
  homeserver.world.addUser("cleo", { displayName: "Cleo" });
  const crowd = homeserver.world.createRoom({ creator: "ana", members: ["ben", "cleo"], name: "Market" });
  const alone = homeserver.world.createRoom({ creator: "ana", name: "Cellar" });
  const ana = await sitDown("ana");
  await expect(ana.calls.button("Voice call")).toHaveAttribute("aria-disabled", "false");
  await ana.dunlin.openRoom("Market", crowd);
  await expect(ana.calls.button("Video call")).toHaveAccessibleDescription(/between two people/);
  await ana.dunlin.openRoom("Cellar", alone);
  await expect(ana.calls.button("Voice call")).toHaveAccessibleDescription("Nobody else is in this room.");
});
