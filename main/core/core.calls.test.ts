import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { CallId, RoomId } from "../../preload/contract/ids.ts";
import type { RoomSummary } from "../../preload/contract/models/room.ts";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { arePaired, ScriptedDriver } from "./testing/scripted-driver.ts";

// Calls between whole cores on the homeserver that lies, drops and delays, with a driver that only pretends to have a
// microphone. What WebRTC itself does is for e2e.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  roomId = server.world.createRoom({ creator: "ann", members: ["ben"], isDirect: true }) as RoomId;
});
afterEach(endAll);

const started = async (user: string): Promise<CoreRig> => (await CoreRig.start(server)).signIn(user);
const idOf = (name: string) => server.world.user(name).userId;
const ID = "a-call-of-tests-0001" as CallId;
const OTHER = "b-call-of-tests-0002" as CallId;

/** Call events of the room as "who type", in server order, without candidates. */
const said = (): string[] =>
  server.world
    .events(roomId)
    .filter(({ type }) => type.startsWith("m.call.") && type !== "m.call.candidates")
    .map(({ sender, type }) => `${sender.slice(1, 4)} ${type.slice("m.call.".length)}`);
const contentOf = (type: string) =>
  server.world.events(roomId).find((event) => event.type === `m.call.${type}`)?.content;

async function pair() {
  const [annRig, benRig] = [await started("ann"), await started("ben")];
  return { annRig, benRig, ann: new ScriptedDriver(annRig), ben: new ScriptedDriver(benRig) };
}

async function talking() {
  const parties = await pair();
  await parties.ann.place(roomId, ID);
  await parties.ben.answer();
  await parties.ann.state("connected");
  await parties.ben.state("connected");
  return parties;
}

describe("a call", () => {
  it("rings, is answered, connects and ends, and says so in the room in the right order", async () => {
    const { ann, ben, annRig } = await talking();
    expect(ann.views[0]).toMatchObject({ direction: "outgoing", callId: ID, peer: { name: "Ben" } });
    expect(ben.views[0]).toMatchObject({ direction: "incoming", callId: ID, peer: { name: "Ann" } });
    await eventually(() => arePaired(ann, ben, ID));
    await annRig.core.handlers.hangUp({ callId: ID });
    expect(await ann.state("ended")).toMatchObject({ reason: { code: "hung-up", by: "here" } });
    expect(await ben.state("ended")).toMatchObject({ reason: { code: "hung-up", by: "there" } });
    expect(said()).toEqual(["ann invite", "ben answer", "ann select_answer", "ann hangup"]);
    expect(contentOf("invite")).toMatchObject({
      call_id: ID,
      version: "1",
      lifetime: 90_000,
      invitee: idOf("ben"),
      offer: { type: "offer", sdp: expect.any(String) as string },
      capabilities: { "m.call.transferee": false, "m.call.dtmf": true },
      sdp_stream_metadata: {
        [`stream of ${ann.driverId}`]: { purpose: "m.usermedia", audio_muted: false, video_muted: true },
      },
    });
    expect(contentOf("select_answer")?.["selected_party_id"]).toBe(contentOf("answer")?.["party_id"]);
    expect(contentOf("hangup")).toMatchObject({ call_id: ID, version: "1", reason: "user_hangup" });
  });

  it("is one line in the timeline, open while it goes on and then over", async () => {
    const { annRig, benRig } = await talking();
    const lines = [annRig, benRig].map((rig) => rig.watch("timeline", { roomId }));
    const calls = (items: readonly TimelineItem[]) => items.filter((item) => item.kind === "call");
    for (const line of lines) {
      await line.until(({ items }) => calls(items).length === 1);
      expect(calls(line.value.items)).toMatchObject([{ outcome: "open", callId: ID }]);
    }
    await annRig.core.handlers.hangUp({ callId: ID });
    for (const line of lines) {
      await line.until(({ items }) => calls(items).some((call) => call.durationMs !== null));
      expect(calls(line.value.items)).toMatchObject([{ outcome: "ended", isElsewhere: false }]);
    }
  });

  it("is the last thing said in the list of rooms: open, then how long it was", async () => {
    const { annRig, benRig } = await talking();
    const lists = [annRig, benRig].map((rig) => rig.watch("roomList"));
    const call = (list: readonly RoomSummary[]) => list.find((room) => room.roomId === roomId)?.preview;
    for (const list of lists)
      expect(call(await list.until((now) => call(now)?.kind === "call"))).toMatchObject({
        call: { outcome: "open", isVideo: false, durationMs: null },
      });
    await annRig.core.handlers.hangUp({ callId: ID });
    for (const list of lists) {
      await list.until((now) => typeof call(now)?.call?.durationMs === "number");
      expect(call(list.value)).toMatchObject({ text: "", sender: null, call: { outcome: "ended" } });
      expect(call(list.value)).not.toHaveProperty("callId");
    }
    server.world.sendMessage(roomId, "ben", "it was nice");
    await lists[0]?.until((now) => call(now)?.text === "it was nice");
  });

  it("that nobody took is missed in the one list and unanswered in the other, also after a restart", async () => {
    const { annRig, benRig, ann, ben } = await pair();
    const outcome = (list: readonly RoomSummary[]) =>
      list.find((room) => room.roomId === roomId)?.preview?.call?.outcome;
    await ann.place(roomId, ID);
    await ben.state("ringing");
    const list = benRig.watch("roomList");
    await list.until((now) => outcome(now) === "open");
    await annRig.core.handlers.hangUp({ callId: ID });
    await list.until((now) => outcome(now) === "missed");
    await annRig.watch("roomList").until((now) => outcome(now) === "cancelled");
    const again = await benRig.restart();
    await again.watch("roomList").until((now) => outcome(now) === "missed");
  });

  it("sends candidates of both sides in one event each, with the end said", async () => {
    await talking();
    const candidates = () => server.world.events(roomId).filter(({ type }) => type === "m.call.candidates");
    await eventually(() => candidates().length === 2);
    for (const { content } of candidates())
      expect(content["candidates"]).toEqual([
        { candidate: expect.stringContaining("candidate of") as string, sdpMid: "0" },
        { candidate: "" },
      ]);
  });

  it("declined ends on both sides", async () => {
    const { ann, ben, benRig } = await pair();
    await ann.place(roomId, ID);
    await ben.state("ringing");
    await benRig.core.handlers.declineCall({ callId: ID });
    expect(await ann.state("ended")).toMatchObject({ reason: { code: "declined", by: "there" } });
    expect(await ben.state("ended")).toMatchObject({ reason: { code: "declined", by: "here" } });
    expect(ben.captures).toBe(0);
  });

  it("mutes by telling, without a new offer", async () => {
    const { annRig, ben } = await talking();
    await annRig.core.handlers.setCallMedia({ callId: ID, microphone: false });
    const [call] = await ben.until(
      ([one]) => one?.state === "connected" && one.remote.streams?.[0]?.isAudioMuted === true,
    );
    expect(call).toMatchObject({ state: "connected", remote: { streams: [{ purpose: "camera" }] } });
    expect(said().at(-1)).toBe("ann sdp_stream_metadata_changed");
  });

  it("negotiates anew when the driver needs it, both at once too", async () => {
    const { ann, ben } = await talking();
    await Promise.all([
      ann.report(ID, { kind: "negotiationNeeded" }),
      ben.report(ID, { kind: "negotiationNeeded" }),
    ]);
    await eventually(() => said().filter((one) => one.endsWith("negotiate")).length >= 4);
    await eventually(() => arePaired(ann, ben, ID));
    expect(ann.performed.some((effect) => effect.do === "rollback")).toBe(false);
    expect(ben.performed.filter((effect) => effect.do === "rollback").length).toBeLessThanOrEqual(1);
  });

  it("needs no server while it goes on", async () => {
    const { ann, ben } = await talking();
    server.cut();
    await ann.report(ID, { kind: "connection", state: "connected" });
    expect(ann.views[0]?.state).toBe("connected");
    expect(ben.views[0]?.state).toBe("connected");
    server.mend();
  });

  it("carries the homeserver's TURN servers to the driver", async () => {
    server.world.turnServer = {
      username: "u",
      password: "p",
      uris: ["turn:t.example:3478", "http://no"],
      ttl: 3600,
    };
    const { ann } = await pair();
    await ann.place(roomId, ID);
    await eventually(() => ann.performed.length > 0);
    expect(ann.performed[0]).toMatchObject({
      do: "open",
      iceServers: [{ urls: ["turn:t.example:3478"], username: "u", credential: "p" }],
      isRelayOnly: false,
    });
  });
});

describe("lost and late", () => {
  it.each(["invite", "answer", "select_answer"])("a lost answer to the %s changes nothing", async (type) => {
    server.faults.add({
      on: { method: "PUT", path: new RegExp(`/send/m\\.call\\.${type}/`) },
      do: { answerLost: true },
      times: 1,
    });
    const { ann, ben } = await talking();
    await eventually(() => said().includes("ann select_answer"));
    expect(said()).toEqual(["ann invite", "ben answer", "ann select_answer"]);
    await eventually(() => arePaired(ann, ben, ID));
  });

  it("an invite taken back before anybody heard of it does not ring", async () => {
    const { ann, annRig, ben, benRig } = await pair();
    const polled = server.wire.waitFor(
      (request) => request.path.endsWith("/sync") && request.userId === idOf("ben"),
    );
    const hold = Promise.withResolvers<void>();
    server.faults.add({ on: { path: /\/sync$/, userId: idOf("ben") }, do: { holdBefore: hold.promise } });
    await benRig.core.handlers.networkIsBack({});
    await polled;
    await ann.place(roomId, ID);
    await ann.state("inviting");
    await annRig.core.handlers.hangUp({ callId: ID });
    await eventually(() => said().includes("ann hangup"));
    server.faults.clear();
    hold.resolve();
    await benRig.caughtUp("ben");
    expect(ben.states).toEqual([]);
  });

  it("a fresh invite rings at the start, an old one does not", async () => {
    const annRig = await started("ann");
    const ann = new ScriptedDriver(annRig);
    await ann.place(roomId, ID);
    await ann.state("inviting");
    await eventually(() => said().length === 1);
    const ben = new ScriptedDriver(await started("ben"));
    expect((await ben.state("ringing")).callId).toBe(ID);
  });

  it("an old invite does not ring, whatever the clocks say", async () => {
    const rig = await started("ann");
    const ann = new ScriptedDriver(rig);
    server.world.inject(roomId, {
      event_id: "$old-invite",
      sender: idOf("ben"),
      type: "m.call.invite",
      content: {
        call_id: OTHER,
        version: "1",
        party_id: "P",
        lifetime: 90_000,
        offer: { type: "offer", sdp: "v=0" },
      },
      // An hour ahead of us, and by the server's word too old.
      origin_server_ts: Date.now() + 3_600_000,
      unsigned: { age: 95_000 },
    });
    await rig.caughtUp("ann");
    expect(ann.states).toEqual([]);
  });

  it("an answer hidden by a limited response is found", async () => {
    const { ann, ben } = await pair();
    server.faults.add({
      on: { path: /\/sync$/, userId: idOf("ann"), roomId },
      do: { limitedSync: 1 },
    });
    await ann.place(roomId, ID);
    await ben.state("ringing");
    const hold = Promise.withResolvers<void>();
    server.faults.add({
      on: { path: /\/sync$/, userId: idOf("ann") },
      do: { holdAnswer: hold.promise },
      times: 1,
    });
    await ben.answer();
    await eventually(() => said().includes("ben answer"));
    for (let i = 0; i < 5; i++) server.world.sendMessage(roomId, "ben", `noise ${i}`);
    hold.resolve();
    await ann.state("connected");
    await eventually(() => arePaired(ann, ben, ID));
  });
});

describe("on another device", () => {
  it("answered there, it stops ringing here", async () => {
    const { ann, ben } = await pair();
    const second = new ScriptedDriver(await started("ben"));
    await ann.place(roomId, ID);
    await second.state("ringing");
    await ben.answer();
    expect(await second.state("ended")).toMatchObject({ reason: { code: "answered-elsewhere" } });
    await ann.state("connected");
    expect(second.captures).toBe(0);
  });

  it("answered on both at once, one has it and the other says so", async () => {
    const { ann, ben } = await pair();
    const second = new ScriptedDriver(await started("ben"));
    await ann.place(roomId, ID);
    await Promise.all([ben.state("ringing"), second.state("ringing")]);
    await Promise.all([ben.answer(), second.answer()]);
    await ann.state("connected");
    await eventually(() => arePaired(ann, ben, ID) !== arePaired(ann, second, ID));
    const [winner, loser] = arePaired(ann, ben, ID) ? [ben, second] : [second, ben];
    expect(await loser.state("ended")).toMatchObject({ reason: { code: "answered-elsewhere" } });
    expect(winner.views[0]?.state).toBe("connected");
  });

  it("declined there, it stops ringing here", async () => {
    const { ann, ben, benRig } = await pair();
    const second = new ScriptedDriver(await started("ben"));
    await ann.place(roomId, ID);
    await Promise.all([ben.state("ringing"), second.state("ringing")]);
    await benRig.core.handlers.declineCall({ callId: ID });
    expect(await second.state("ended")).toMatchObject({ reason: { code: "declined-elsewhere" } });
  });
});

describe("glare", () => {
  it("while ours is being prepared: theirs is answered for the user, ours never leaves", async () => {
    const [annRig, benRig] = [await started("ann"), await started("ben")];
    const microphone = Promise.withResolvers<void>();
    // Theirs is not the lesser: nothing is compared.
    const ann = new ScriptedDriver(annRig, {
      making: (callId) => (callId === ID ? microphone.promise : Promise.resolve()),
    });
    const ben = new ScriptedDriver(benRig);
    await ann.place(roomId, ID);
    await ben.place(roomId, OTHER);
    await ann.state("connected");
    await ben.state("connected");
    microphone.resolve();
    await eventually(() => arePaired(ann, ben, OTHER));
    await eventually(() => said().length === 3);
    expect(said()).toEqual(["ben invite", "ann answer", "ben select_answer"]);
    expect(ann.states).toEqual(["preparing", "connecting", "connected"]);
    expect(ann.views[0]).toMatchObject({ id: ID, callId: OTHER, direction: "outgoing" });
    expect([ann.captures, ben.captures]).toEqual([1, 1]);
  });

  it.each([
    ["theirs", ID, OTHER],
    ["ours", OTHER, ID],
  ])("when both are sent: %s is kept where it is the lesser", async (_whose, benId, annId) => {
    const [annRig, benRig] = [await started("ann"), await started("ben")];
    const hold = Promise.withResolvers<void>();
    server.faults.add({ on: { path: /\/sync$/ }, do: { holdAnswer: hold.promise } });
    await annRig.core.handlers.networkIsBack({});
    await benRig.core.handlers.networkIsBack({});
    const [ann, ben] = [new ScriptedDriver(annRig), new ScriptedDriver(benRig)];
    await ann.place(roomId, annId);
    await ben.place(roomId, benId);
    await Promise.all([ann.state("inviting"), ben.state("inviting")]);
    await eventually(() => said().length === 2);
    server.faults.clear();
    hold.resolve();
    await Promise.all([ann.state("connected"), ben.state("connected")]);
    await eventually(() => arePaired(ann, ben, ID));
    for (const side of [ann, ben]) {
      expect(side.captures).toBe(1);
      expect(side.states).not.toContain("ringing");
      expect(side.views).toHaveLength(1);
    }
  });
});

describe("an end that nobody asked for", () => {
  it("a killed app hangs up at its next start, and shows no ghost", async () => {
    const { annRig, ben } = await talking();
    const restart = annRig.kill();
    const again = await restart();
    expect(await ben.state("ended")).toMatchObject({ reason: { code: "failed" } });
    await again.live();
    const calls = again.watch("calls", { driverId: "another-driver" });
    expect(calls.value.calls).toEqual([]);
    expect(said().at(-1)).toBe("ann hangup");
    const parties = server.world.events(roomId).filter(({ sender }) => sender.startsWith("@ann"));
    const own = parties
      .filter(({ type }) => type.startsWith("m.call."))
      .map(({ content }) => content["party_id"]);
    expect(new Set(own).size).toBe(1);
    // Once told is enough.
    await (await again.restart()).caughtUp("ann");
    expect(said().filter((one) => one === "ann hangup")).toHaveLength(1);
  });

  it("closing the app hangs up before it is gone", async () => {
    const { annRig, ben } = await talking();
    await annRig.close();
    expect(said().at(-1)).toBe("ann hangup");
    await ben.state("ended");
  });

  it("another page in place of the driver's ends its call", async () => {
    const { annRig, ann, ben } = await talking();
    ann.close();
    const next = new ScriptedDriver(annRig);
    expect(await next.state("ended")).toMatchObject({ reason: { code: "page-gone" } });
    await ben.state("ended");
  });

  it("the other one leaving the room ends it", async () => {
    const { ann } = await talking();
    server.world.leave(roomId, "ben");
    expect(await ann.state("ended")).toMatchObject({ reason: { code: "left" } });
  });

  it("a third person while we are calling ends it, and not one call event more is sent", async () => {
    const { ann, annRig, ben } = await pair();
    await ann.place(roomId, ID);
    await ben.state("ringing");
    server.world.addUser("eve");
    server.world.invite(roomId, "eve", "ann");
    server.world.join(roomId, "eve");
    expect(await ann.state("ended")).toMatchObject({ reason: { code: "too-many" } });
    await annRig.caughtUp("ann");
    expect(said()).toEqual(["ann invite"]);
  });

  it("an invite the server refuses is not tried again", async () => {
    server.faults.add({
      on: { method: "PUT", path: /\/send\/m\.call\.invite\// },
      do: { status: { code: 403, body: '{"errcode":"M_FORBIDDEN","error":"no"}' } },
    });
    const { ann } = await pair();
    await ann.place(roomId, ID);
    expect(await ann.state("ended")).toMatchObject({
      reason: { code: "not-sent", failure: { kind: "rejected" } },
    });
  });

  it("a microphone that is denied sends nothing", async () => {
    const [annRig] = [await started("ann")];
    const ann = new ScriptedDriver(annRig, { making: () => new Promise(() => {}) });
    await ann.place(roomId, ID);
    await ann.report(ID, { kind: "mediaFailed", part: "microphone", why: "denied" });
    expect(await ann.state("ended")).toMatchObject({
      reason: { code: "media-failed", by: "here", why: "denied" },
    });
    await annRig.caughtUp("ann");
    expect(said()).toEqual([]);
  });
});

describe("where one can call", () => {
  it("is said by the room, and by the request", async () => {
    const rig = await started("ann");
    const room = rig.watch("room", { roomId });
    expect(room.value.callBlock).toBeNull();
    server.world.addUser("eve");
    server.world.invite(roomId, "eve", "ann");
    await room.until(({ callBlock }) => callBlock === "too-many");
    expect(await rig.core.handlers.placeCall({ roomId, callId: ID, isVideo: false })).toEqual({
      isPlaced: false,
      why: "too-many",
    });
    server.world.kick(roomId, "eve", "ann");
    await room.until(({ callBlock }) => callBlock === null);
    server.world.leave(roomId, "ben");
    await room.until(({ callBlock }) => callBlock === "alone");
    server.world.invite(roomId, "ben", "ann");
    await room.until(({ callBlock }) => callBlock === "not-joined-yet");
  });
});

describe("a peer of version 0", () => {
  const ben = (type: string, content: Record<string, unknown>): void => {
    server.world.inject(roomId, {
      event_id: `$${type}-${said().length}`,
      sender: idOf("ben"),
      type: `m.call.${type}`,
      content: { call_id: OTHER, version: 0, ...content },
      origin_server_ts: Date.now(),
      unsigned: { age: 10 },
    });
  };

  it("is answered and hung up as it expects", async () => {
    const rig = await started("ann");
    const ann = new ScriptedDriver(rig);
    ben("invite", { lifetime: 60_000, offer: { type: "offer", sdp: "v=0\r\nm=audio 9 x\r\n" } });
    await ann.answer();
    await ann.state("connecting");
    await ann.report(OTHER, { kind: "connection", state: "connected" });
    await ann.state("connected");
    await rig.core.handlers.hangUp({ callId: OTHER });
    await eventually(() => said().includes("ann hangup"));
    const ours = server.world
      .events(roomId)
      .filter(({ sender, type }) => sender.startsWith("@ann") && type.startsWith("m.call."));
    for (const { content } of ours) {
      expect(content["version"]).toBe(0);
      expect(content).not.toHaveProperty("party_id");
    }
  });

  it("is declined by a hangup", async () => {
    const rig = await started("ann");
    const ann = new ScriptedDriver(rig);
    ben("invite", { lifetime: 60_000, offer: { type: "offer", sdp: "v=0\r\nm=audio 9 x\r\n" } });
    await ann.state("ringing");
    await rig.core.handlers.declineCall({ callId: OTHER });
    await eventually(() => said().includes("ann hangup"));
    expect(contentOf("hangup")).toEqual({ call_id: OTHER, version: 0 });
  });
});
