import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, UserId } from "../../preload/contract/ids.ts";
import type { PushChange } from "../../preload/contract/models/attention.ts";
import type { Notice } from "../../preload/contract/models/notice.ts";
import { defaultSettings, type Settings } from "../../preload/contract/models/settings.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { ScriptedDriver } from "./testing/scripted-driver.ts";

// Calls as notifications: one while it rings, one when it was missed, and what the user does with them.

let server: Homeserver;
let roomId: RoomId;
let calls = 0;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  roomId = server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true }) as RoomId;
});
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const says = (type: string, content: object): EventId =>
  server.world.sendMessage(
    roomId,
    "ben",
    { version: "1", party_id: "ben's", ...content },
    { type: `m.call.${type}` },
  ) as EventId;
function rings(sdp = "v=0\r\nm=audio 9 x\r\n") {
  const call_id = `a-call-of-ben-${++calls}`;
  const eventId = says("invite", { call_id, lifetime: 60_000, offer: { type: "offer", sdp } });
  return { call_id, eventId };
}
/** Everything that was ever shown, once per showing. */
function watched(rig: CoreRig) {
  const notices = rig.watch("notices");
  return {
    until: (isWanted: (now: readonly Notice[]) => boolean) => notices.until(isWanted),
    get now() {
      return notices.value;
    },
    get told() {
      const seen = new Map<number, Notice>();
      for (const value of notices.values) for (const notice of value) seen.set(notice.version, notice);
      return [...seen.values()].map(({ kind, title, body }) => `${kind}: ${title}: ${body}`);
    },
  };
}
const sent = (type: string) =>
  server.world
    .events(roomId)
    .filter((event) => event.sender.startsWith("@ann") && event.type === `m.call.${type}`);

describe("a call that rings", () => {
  it("is one notification with Answer and Decline, and no message beside it", async () => {
    const rig = await started();
    const notices = watched(rig);
    const { call_id } = rings();
    const [notice] = await notices.until((now) => now.length > 0);
    // Nobody else rings: no page is open.
    expect(notice).toMatchObject({ tag: `call:${call_id}`, actions: ["answer", "decline"], isSilent: false });
    await rig.caughtUp("ann");
    expect(notices.told).toEqual(["call: Ben: Incoming call"]);
  });

  it("declined in the notification is declined on the wire, and nothing of it stands", async () => {
    const rig = await started();
    const notices = watched(rig);
    const { call_id } = rings();
    await notices.until((now) => now.length > 0);
    await rig.core.handlers.actOnNotice({ tag: `call:${call_id}`, act: { act: "decline" } });
    await eventually(() => sent("reject").length === 1);
    await notices.until((now) => now.length === 0);
    await rig.caughtUp("ann");
    expect(notices.told).toEqual(["call: Ben: Incoming call"]);
  });

  it("answered in the notification is answered with voice as soon as a page is there", async () => {
    const rig = await started();
    const notices = watched(rig);
    const { call_id } = rings("v=0\r\nm=audio 9 x\r\nm=video 9 x\r\n");
    expect((await notices.until((now) => now.length > 0))[0]?.body).toBe("Incoming video call");
    await rig.core.handlers.actOnNotice({ tag: `call:${call_id}`, act: { act: "answer" } });
    const ann = new ScriptedDriver(rig);
    expect(await ann.state("connecting")).toMatchObject({ local: { camera: false } });
    await eventually(() => sent("answer").length === 1);
    await notices.until((now) => now.length === 0);
  });

  it("taken on another device goes away, and is not missed", async () => {
    const rig = await started();
    const notices = watched(rig);
    const { call_id } = rings();
    await notices.until((now) => now.length > 0);
    const content = { call_id, version: "1", party_id: "ann's tablet" };
    server.world.sendMessage(
      roomId,
      "ann",
      { ...content, answer: { type: "answer", sdp: "v=0" } },
      { type: "m.call.answer" },
    );
    await notices.until((now) => now.length === 0);
    await rig.caughtUp("ann");
    expect(notices.told).toHaveLength(1);
  });
});

describe("a call that was missed", () => {
  async function missed(rig: CoreRig) {
    const notices = watched(rig);
    const call = rings();
    await notices.until((now) => now.length > 0);
    says("hangup", { call_id: call.call_id });
    const [notice] = await notices.until(([now]) => now?.body === "Missed call");
    return { notices, notice, ...call };
  }

  it("is said in place of the ringing, and leads to its line", async () => {
    const { notice, eventId, notices } = await missed(await started());
    expect(notice).toMatchObject({ title: "Ben", roomId, eventId, actions: ["call-back", "mark-read"] });
    expect(notices.told).toEqual(["call: Ben: Incoming call", "message: Ben: Missed call"]);
  });

  it("is gone when the room is read", async () => {
    const rig = await started();
    const { notices } = await missed(rig);
    await rig.core.handlers.markRoomRead({ roomId });
    await notices.until((now) => now.length === 0);
  });

  it("is called back from the notification", async () => {
    const rig = await started();
    const { notice, notices } = await missed(rig);
    const ann = new ScriptedDriver(rig);
    await rig.core.handlers.actOnNotice({ tag: notice?.tag ?? "", act: { act: "call-back" } });
    const views = await ann.until((now) => now.some(({ state }) => state === "inviting"));
    expect(views.at(-1)).toMatchObject({ isVideo: false, direction: "outgoing", peer: { name: "Ben" } });
    await eventually(() => sent("invite").length === 1);
    await notices.until((now) => now.length === 0);
  });

  it("by a kill while it rang is told by the next run", async () => {
    const rig = await started();
    const notices = watched(rig);
    const { call_id, eventId } = rings();
    await notices.until((now) => now.length > 0);
    const revive = rig.kill();
    says("hangup", { call_id });
    const after = watched(await revive());
    await after.until(([now]) => now?.eventId === eventId);
  });

  it("because it was turned down is told by no run", async () => {
    const rig = await started();
    const notices = watched(rig);
    const { call_id } = rings();
    await notices.until((now) => now.length > 0);
    await rig.core.handlers.actOnNotice({ tag: `call:${call_id}`, act: { act: "decline" } });
    await eventually(() => sent("reject").length === 1);
    const again = await rig.kill()();
    const after = watched(again);
    await again.live();
    await again.caughtUp("ann");
    expect(after.told).toEqual([]);
  });

  it("while the app was off is told at its next start as what it is", async () => {
    const rig = await started();
    await rig.close();
    const { call_id, eventId } = rings();
    says("hangup", { call_id });
    const { profileDir, secrets } = rig.platform;
    const again = await CoreRig.start(server, { profileDir, secrets });
    const notices = watched(again);
    await notices.until(([now]) => now?.eventId === eventId);
    expect(notices.told).toEqual(["message: Ben: Call"]);
  });

  it("before it could ring, both in one response, is told once", async () => {
    const rig = await started();
    const notices = watched(rig);
    await rig.caughtUp("ann");
    // In one breath: the response that tells of the one tells of the other.
    const { call_id, eventId } = rings();
    says("hangup", { call_id });
    await notices.until(([now]) => now?.eventId === eventId);
    await rig.caughtUp("ann");
    expect(notices.told).toEqual(["message: Ben: Missed call"]);
  });

  it("because sync stood still until its end, is told", async () => {
    const rig = await started();
    const notices = watched(rig);
    await rig.caughtUp("ann");
    server.world.inject(roomId, {
      event_id: "$stalled",
      sender: server.world.user("ben").userId,
      type: "m.call.invite",
      content: {
        call_id: "late",
        version: "1",
        party_id: "P",
        lifetime: 90_000,
        offer: { type: "offer", sdp: "v=0" },
      },
      unsigned: { age: 95_000 },
    });
    await notices.until(([now]) => now?.eventId === "$stalled");
    expect(notices.told).toEqual(["message: Ben: Missed call"]);
  });

  it("in the room in front of the user is not said at all: it rang before their eyes", async () => {
    const rig = await started();
    const notices = watched(rig);
    await rig.core.handlers.attend({ roomId });
    const page = new ScriptedDriver(rig);
    const { call_id } = rings();
    await page.until((now) => now.some(({ state }) => state === "ringing"));
    says("hangup", { call_id });
    await page.until((now) => now.every(({ state }) => state !== "ringing"));
    await rig.caughtUp("ann");
    expect(notices.told).toEqual([]);
  });
});

describe("while a page is open", () => {
  it("its ring tone is what is heard: the notification beside it is silent", async () => {
    const rig = await started();
    const notices = watched(rig);
    const page = new ScriptedDriver(rig);
    rings();
    expect((await notices.until((now) => now.length > 0))[0]).toMatchObject({ kind: "call", isSilent: true });
    expect(await page.state("ringing")).toMatchObject({ isQuiet: false });
  });

  it("that the user looks at, there is none; there is one as soon as they look elsewhere, until they come back", async () => {
    const rig = await started();
    const notices = watched(rig);
    const elsewhere = server.world.createRoom({ creator: "ann", members: [] }) as RoomId;
    await rig.core.handlers.attend({ roomId: elsewhere });
    const page = new ScriptedDriver(rig);
    const { call_id } = rings();
    await page.until((now) => now.some(({ state }) => state === "ringing"));
    expect(notices.told).toEqual([]);
    await rig.core.handlers.attend({ roomId: null });
    expect(notices.now).toMatchObject([{ tag: `call:${call_id}`, kind: "call" }]);
    await rig.core.handlers.attend({ roomId: elsewhere });
    expect(notices.now).toEqual([]);
    await rig.core.handlers.attend({ roomId: null });
    await rig.core.handlers.actOnNotice({ tag: `call:${call_id}`, act: { act: "dismiss" } });
    await rig.core.handlers.attend({ roomId: elsewhere });
    await rig.core.handlers.attend({ roomId: null });
    expect(notices.now).toEqual([]);
  });
});

describe("a call that the user does not want to hear (PUSH-11)", () => {
  const save = (rig: CoreRig, part: Partial<Settings>): unknown =>
    rig.core.handlers.saveSettings({ settings: { ...defaultSettings, ...part } });
  const change = (rig: CoreRig, wanted: PushChange): unknown =>
    rig.core.handlers.changePushRules({ change: wanted });
  const unwanted: Readonly<Record<string, (rig: CoreRig) => unknown>> = {
    "with calls off": (rig) => change(rig, { change: "default", id: "calls", level: "off" }),
    "with everything off": (rig) => change(rig, { change: "all-off", isOff: true }),
    "in a muted room": (rig) => change(rig, { change: "room", roomId, level: "mute" }),
    "of a muted person": (rig) =>
      change(rig, { change: "person", userId: server.world.user("ben").userId as UserId, isMuted: true }),
    "with no notifications on this computer": (rig) => save(rig, { notify: "none" }),
  };
  it.each(Object.keys(unwanted))("%s rings nowhere; its card is there, and quiet", async (which) => {
    const rig = await started();
    const notices = watched(rig);
    const page = new ScriptedDriver(rig);
    await rig.caughtUp("ann");
    await unwanted[which]?.(rig);
    await rig.caughtUp("ann");
    rings();
    expect(await page.state("ringing")).toMatchObject({ isQuiet: true });
    expect(notices.told).toEqual([]);
  });

  it("but see is told without a sound, and its card is quiet", async () => {
    const rig = await started();
    const notices = watched(rig);
    await change(rig, { change: "default", id: "calls", level: "on" });
    await rig.caughtUp("ann");
    rings();
    expect((await notices.until((now) => now.length > 0))[0]).toMatchObject({ kind: "call", isSilent: true });
    expect(await new ScriptedDriver(rig).state("ringing")).toMatchObject({ isQuiet: true });
  });
});
