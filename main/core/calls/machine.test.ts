import { describe, expect, test } from "vitest";
import {
  BEN,
  CallMachine,
  EVE,
  GREATER,
  LESSER,
  OURS,
  THIRD,
  VIDEO,
  VOICE,
} from "../testing/call-machine.ts";

// What people ask for, and what it makes of a call; see also the tables beside each on-….ts.

const machine = () => new CallMachine();

describe("placing a call", () => {
  test("asks for the microphone, then invites one person by name, and waits for the wire", () => {
    const ann = machine().place(true);
    expect(ann.did).toEqual(["open", "makeOffer"]);
    expect(ann.media[0]).toMatchObject({ local: { microphone: true, camera: true } });
    expect(ann.said).toEqual([]);
    ann.described("offerReady", 1, VIDEO);
    expect(ann.signals).toMatchObject([{ kind: "invite", sdp: VIDEO, lifetimeMs: 90_000, invitee: BEN }]);
    expect(ann.state).toBe("preparing");
    expect(ann.handedOff("invite").state).toBe("inviting");
  });

  test("again, while one is going on, or with an id that is over, does nothing", () => {
    const ann = machine().place().forget().place(false, GREATER);
    expect([ann.active?.callId, ann.steps]).toEqual([LESSER, []]);
    ann.take({ type: "hangUp", callId: LESSER }).forget().place();
    expect([ann.state, ann.steps]).toEqual(["free", []]);
  });

  test("to who rings us is answering", () => {
    const ann = machine().rings(GREATER).place(true);
    expect(ann.active).toMatchObject({ state: "answering", callId: GREATER, local: { camera: true } });
    expect(ann.said).toEqual([]);
  });

  test("that was not described says nothing when it is hung up", () => {
    const ann = machine().place().take({ type: "hangUp", callId: LESSER });
    expect([ann.said, ann.did.at(-1), ann.ended]).toEqual([[], "close", { code: "hung-up", by: "here" }]);
  });
});

describe("ending a call", () => {
  test.each([
    ["while it is called", () => machine().inviting()],
    ["while it connects", () => machine().connecting()],
    ["while it is connected", () => machine().connecting().connected()],
  ])("%s says a hangup, after everything that waits has left the lane", (_when, begin) => {
    const ann = begin().forget().take({ type: "hangUp", callId: LESSER });
    expect(ann.steps.map(({ type }) => type)).toEqual(["cancelSignals", "media", "signal", "over"]);
    expect(ann.signals).toEqual([{ kind: "hangup", reason: "user_hangup" }]);
    expect(ann.ended).toEqual({ code: "hung-up", by: "here" });
  });

  test("counts its length from the first media", () => {
    const ann = machine().inviting().wait(20_000).hear("answer", LESSER).settle().connected();
    ann.wait(65_000).take({ type: "hangUp", callId: LESSER });
    expect(ann.calls.ended).toMatchObject([{ durationMs: 65_000 }]);
  });

  test("that we are about to answer declines it", () => {
    const ann = machine().rings(GREATER).take({ type: "answer", callId: GREATER, isVideo: false });
    ann.take({ type: "hangUp", callId: GREATER });
    expect(ann.said).toEqual(["reject"]);
  });

  test.each([
    ["the page goes", "driverGone", "unknown_error"],
    ["the app ends", "quit", "user_hangup"],
  ] as const)("%s: the other side is told", (_why, type, reason) => {
    const ann = machine().connecting().connected().take({ type });
    expect(ann.signals.at(-1)).toEqual({ kind: "hangup", reason });
    expect(ann.ended).toEqual({ code: "page-gone" });
  });

  test("the page goes while nothing is going on: nothing is said", () => {
    expect(machine().rings(GREATER).take({ type: "driverGone" }).said).toEqual([]);
  });

  test("what is read as over can be put away at once, and goes by itself after some seconds", () => {
    const ann = machine().place().take({ type: "hangUp", callId: LESSER });
    expect(ann.take({ type: "hangUp", callId: LESSER }).calls.ended).toEqual([]);
    const ben = machine().place().take({ type: "hangUp", callId: LESSER });
    expect(ben.wait(4_999).calls.ended).toHaveLength(1);
    expect(ben.wait(1).calls.ended).toEqual([]);
  });
});

describe("a call that rings", () => {
  test("is answered with voice or video, once", () => {
    const ann = machine().rings(GREATER).take({ type: "answer", callId: GREATER, isVideo: true });
    expect(ann.did).toEqual(["open", "makeAnswer"]);
    ann.take({ type: "answer", callId: GREATER, isVideo: true });
    expect(ann.did).toHaveLength(2);
    ann.described("answerReady", 1, VIDEO);
    expect([ann.said, ann.state]).toEqual([["answer"], "answering"]);
    expect(ann.handedOff("answer").active).toMatchObject({ state: "connecting", isPolite: true });
  });

  test("is declined with a reject, to a peer of version 0 with a hangup", () => {
    const ann = machine().rings(GREATER).take({ type: "decline", callId: GREATER });
    expect(ann.steps.at(-1)).toMatchObject({
      outgoing: { version: 1, partyId: OURS, signal: { kind: "reject" } },
    });
    const old = machine()
      .rings(GREATER, { version: 0, partyId: null })
      .take({ type: "decline", callId: GREATER });
    expect(old.steps.at(-1)).toMatchObject({ outgoing: { version: 0, signal: { kind: "hangup" } } });
    expect([ann.state, ann.did]).toEqual(["free", []]);
  });

  test("a second one from another person, answered: the first is hung up", () => {
    const ann = machine().connecting().connected().forget();
    ann.rings(THIRD, { sender: EVE }).take({ type: "answer", callId: THIRD, isVideo: false });
    expect(ann.signals).toEqual([{ kind: "hangup", reason: "user_hangup" }]);
    expect(ann.active).toMatchObject({ state: "answering", callId: THIRD, peer: EVE });
  });

  test("a second one, declined: the first goes on", () => {
    const ann = machine().connecting().connected().forget();
    ann.rings(THIRD, { sender: EVE }).take({ type: "decline", callId: THIRD });
    expect([ann.state, ann.said]).toEqual(["connected", ["reject"]]);
  });
});

describe("what is sent", () => {
  test("is told by metadata once per change, and not before the first description", () => {
    const ann = machine().place();
    ann.take({ type: "setLocal", callId: LESSER, local: { microphone: false } });
    ann.described("offerReady").handedOff("invite");
    expect(ann.signals).toMatchObject([{ kind: "invite", media: { local: { microphone: false } } }]);
    ann.hear("answer", LESSER).settle().forget();
    ann.take({ type: "setLocal", callId: LESSER, local: { microphone: false } });
    expect(ann.steps).toEqual([]);
    ann.take({ type: "setLocal", callId: LESSER, local: { microphone: true } });
    expect([ann.did, ann.said]).toEqual([["setLocal"], ["metadata"]]);
  });

  test("is told after the answer where it changed while the call rang there", () => {
    const ann = machine().inviting();
    ann.take({ type: "setLocal", callId: LESSER, local: { microphone: false } });
    expect(ann.said).toEqual(["invite"]);
    ann.hear("answer", LESSER).settle();
    expect(ann.said).toEqual(["invite", "selectAnswer", "metadata"]);
  });

  test("is not told to a peer of version 0, which has no word for it", () => {
    const ann = machine().connecting({ version: 0, partyId: null }).forget();
    ann.take({ type: "setLocal", callId: LESSER, local: { microphone: false } });
    expect(ann.said).toEqual([]);
  });

  test("renewed TURN servers reach the connection that is there", () => {
    const ann = machine().connecting().forget();
    ann.iceServers = [{ urls: ["turn:new"] }];
    ann.take({ type: "iceServers" });
    expect(ann.media).toEqual([{ do: "setIceServers", callId: LESSER, iceServers: ann.iceServers }]);
    expect(machine().take({ type: "iceServers" }).steps).toEqual([]);
  });
});

describe("a call of an earlier run", () => {
  test("is buried: nothing that still comes of it rings or counts", () => {
    const ann = machine().take({ type: "bury", callId: GREATER });
    ann
      .rings(GREATER)
      .hear("answer", GREATER, { answer: { type: "answer", sdp: VOICE } })
      .settle();
    expect([ann.state, ann.steps]).toEqual(["free", []]);
  });
});
