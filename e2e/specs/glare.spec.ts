import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import type { RawEvent } from "../homeserver/index.ts";
import { expect, test, type Caller } from "../pages/call-story.ts";
import { holdNews } from "../pages/news-hold.ts";
import { watchRinging } from "../pages/ringing-watch.ts";

// Both call each other at the same time: one call, no ring, no second question (GLAR-01…12).

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});
test.describe.configure({ timeout: 240_000 });

const invites = (events: readonly RawEvent[]): unknown[] =>
  events.filter(({ type }) => type === "m.call.invite");

async function bothAreInOneCall(ana: Caller, ben: Caller): Promise<void> {
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await Promise.all([ana.calls.flows(["audioIn", "audioOut"]), ben.calls.flows(["audioIn", "audioOut"])]);
  expect(await ana.calls.callId()).toBe(await ben.calls.callId());
  for (const one of [ana, ben]) expect(await one.calls.counts()).toMatchObject({ captures: 1, open: 1 });
}

test("both invites are on the wire: the lesser id is kept, and both simply find themselves in the call", async ({
  sitDown,
  homeserver,
  roomId,
}) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  const rang = [await watchRinging(ana.calls.page), await watchRinging(ben.calls.page)];
  const release = await holdNews(homeserver, roomId);
  await Promise.all([ana.calls.place("voice"), ben.calls.place("voice")]);
  await expect.poll(() => invites(homeserver.world.events(roomId)).length).toBe(2);
  release();
  await bothAreInOneCall(ana, ben);
  const ids = homeserver.world
    .events(roomId)
    .filter(({ type }) => type === "m.call.invite")
    .map(({ content }) => (content as { call_id: string }).call_id);
  expect(await ana.calls.callId()).toBe(ids.sort()[0]);
  expect(await Promise.all(rang.map((look) => look()))).toEqual([false, false]);
});

test("theirs comes while ours is being prepared: ours never leaves, theirs is answered for us", async ({
  sitDown,
  homeserver,
  roomId,
}) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  const rang = await watchRinging(ana.calls.page);
  // Ana's microphone takes its time: she has called, and her invite is not made yet.
  await ana.calls.page.evaluate(() => {
    const media = navigator.mediaDevices;
    const getUserMedia = media.getUserMedia.bind(media);
    const opened = new Promise<void>(
      (open) => ((window as unknown as { openNow: () => void }).openNow = open),
    );
    media.getUserMedia = async (constraints) => {
      await opened;
      return getUserMedia(constraints);
    };
  });
  await ana.calls.place("voice");
  await ana.calls.isIn("preparing");
  await ben.calls.place("voice");
  await expect.poll(() => invites(homeserver.world.events(roomId)).length).toBe(1);
  await ana.calls.isIn(/connecting|answering/);
  await ana.calls.page.evaluate(() => (window as unknown as { openNow: () => void }).openNow());
  await bothAreInOneCall(ana, ben);
  expect(invites(homeserver.world.events(roomId))).toHaveLength(1);
  expect(await rang()).toBe(false);
});

const lesser = "00000000-0000-4000-8000-000000000000";
const greater = "ffffffff-0000-4000-8000-000000000000";

/** The next call of this page gets this id: which of two is the lesser is otherwise chance. */
const nextCallId = (caller: Caller, callId: string): Promise<void> =>
  caller.calls.page.evaluate((id) => {
    const original = crypto.randomUUID.bind(crypto);
    crypto.randomUUID = () => {
      crypto.randomUUID = original;
      return id as ReturnType<typeof original>;
    };
  }, callId);

for (const [kept, anaId, benId] of [
  ["video", lesser, greater],
  ["voice", greater, lesser],
] as const)
  test(`voice meets video, the ${kept} call is kept: one call, and the camera of the one who wanted it is on`, async ({
    sitDown,
    homeserver,
    roomId,
  }) => {
    const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
    await nextCallId(ana, anaId);
    await nextCallId(ben, benId);
    const release = await holdNews(homeserver, roomId);
    await Promise.all([ana.calls.place("video"), ben.calls.place("voice")]);
    await expect.poll(() => invites(homeserver.world.events(roomId)).length).toBe(2);
    release();
    await bothAreInOneCall(ana, ben);
    expect(await ana.calls.callId()).toBe(lesser);
    await ben.calls.flows(["framesIn"]);
    await expect(ben.calls.page.getByLabel("Video of Ana")).toBeVisible();
    expect((await ben.calls.counts()).framesOut).toBe(0);
  });
