import { describe, expect, test } from "vitest";
import { CallMachine, GREATER, LESSER, VIDEO, VOICE } from "../testing/call-machine.ts";

const connected = () => new CallMachine().connecting().connected().forget();
const found = (n: number) => ({ candidate: `candidate:${n}`, sdpMid: "0" });
const candidates = (n: number, isComplete = false) =>
  ({ kind: "candidates", candidates: [found(n)], isComplete }) as const;

describe("candidates of ours", () => {
  test("wait for the invite to be out, then for each other, and go as one event (VOIP-13)", () => {
    const ann = new CallMachine().place().report(candidates(1)).described("offerReady").report(candidates(2));
    expect(ann.wait(5_000).said).toEqual(["invite"]);
    ann.handedOff("invite").report(candidates(3));
    expect(ann.wait(1_999).said).toEqual(["invite"]);
    ann.wait(1);
    expect(ann.signals[1]).toEqual({ kind: "candidates", candidates: [found(1), found(2), found(3)] });
  });

  test("go at once with the last one, the end said with the empty candidate, once (VOIP-12)", () => {
    const ann = new CallMachine().inviting().forget().report(candidates(1, true));
    expect(ann.signals).toEqual([{ kind: "candidates", candidates: [found(1), { candidate: "" }] }]);
    ann.report({ kind: "candidates", candidates: [], isComplete: true });
    expect(ann.wait(10_000).said).toEqual(["candidates"]);
  });

  test("after our answer go after half a second", () => {
    const ann = new CallMachine().answered().forget().report(candidates(1));
    expect(ann.wait(499).said).toEqual([]);
    expect(ann.wait(1).said).toEqual(["candidates"]);
  });

  test("by the hundreds go in several events, so that none grows too large", () => {
    const many = Array.from({ length: 250 }, (_, i) => found(i));
    const ann = new CallMachine().inviting().forget();
    ann.report({ kind: "candidates", candidates: many, isComplete: true });
    expect(ann.signals.map((said) => (said.kind === "candidates" ? said.candidates.length : 0))).toEqual([
      100, 100, 51,
    ]);
  });

  test("of an ICE restart replace those of before, and end anew", () => {
    const ann = connected().report(candidates(1));
    ann.report({ kind: "connection", state: "failed" }).wait(0);
    expect(ann.media.at(-1)).toMatchObject({ do: "makeOffer", isIceRestart: true });
    ann.described("offerReady", 2).report(candidates(2, true));
    expect(ann.signals.at(-1)).toEqual({ kind: "candidates", candidates: [found(2), { candidate: "" }] });
  });
});

describe("a new round", () => {
  test("is offered, accepted, and leaves the call free for the next", () => {
    const ann = connected().report({ kind: "negotiationNeeded" });
    expect(ann.media).toMatchObject([{ do: "makeOffer", round: 2, isIceRestart: false }]);
    ann.described("offerReady", 2, VIDEO);
    expect(ann.signals).toMatchObject([
      { kind: "negotiate", description: { type: "offer", sdp: VIDEO }, lifetimeMs: 60_000 },
    ]);
    ann.hear("negotiate", LESSER, { description: { type: "answer", sdp: VOICE } });
    expect(ann.media.at(-1)).toMatchObject({ do: "acceptAnswer", round: 2 });
    expect(ann.active).toMatchObject({ talks: { state: "stable" } });
  });

  test("wanted while one is under way follows it, and only once however often it is wanted", () => {
    const ann = connected().report({ kind: "negotiationNeeded" }).described("offerReady", 2).forget();
    ann.report({ kind: "negotiationNeeded" }).report({ kind: "negotiationNeeded" });
    expect(ann.did).toEqual([]);
    ann.hear("negotiate", LESSER, { description: { type: "answer", sdp: VOICE } });
    expect(ann.did).toEqual(["acceptAnswer", "makeOffer"]);
  });

  test("theirs is answered", () => {
    const ann = connected().hear("negotiate", LESSER).described("answerReady", 2);
    expect(ann.did).toEqual(["makeAnswer"]);
    expect(ann.signals).toMatchObject([{ kind: "negotiate", description: { type: "answer" } }]);
  });

  test("offers cross, we are the impolite one: theirs is overheard and ours goes on", () => {
    const ann = connected().report({ kind: "negotiationNeeded" }).described("offerReady", 2).forget();
    ann.hear("negotiate", LESSER);
    expect([ann.did, ann.active]).toMatchObject([[], { talks: { state: "offered", round: 2 } }]);
  });

  test("offers cross while ours is being made, we are the polite one: ours is made again after theirs", () => {
    const ann = new CallMachine().answered().connected().forget().report({ kind: "negotiationNeeded" });
    ann.hear("negotiate", GREATER);
    expect(ann.did).toEqual(["makeOffer", "rollback", "makeAnswer"]);
    // The driver had made our first one meanwhile: it is of a round that is over.
    ann.described("offerReady", 2);
    expect(ann.said).toEqual([]);
    ann.described("answerReady", 3);
    expect([ann.said, ann.media.at(-1)]).toMatchObject([["negotiate"], { do: "makeOffer", round: 4 }]);
  });

  test("an answer to nothing, or an offer that is over its time, is not performed", () => {
    const ann = connected().hear("negotiate", LESSER, { description: { type: "answer", sdp: VOICE } });
    ann.hear("negotiate", LESSER, { until: 0 });
    expect(ann.did).toEqual([]);
  });

  test("nobody answers ours: after a minute it is taken back, and the call goes on", () => {
    const ann = connected().report({ kind: "negotiationNeeded" }).described("offerReady", 2).forget();
    expect(ann.wait(59_999).did).toEqual([]);
    expect(ann.wait(1).did).toEqual(["rollback"]);
    expect(ann.active).toMatchObject({ state: "connected", talks: { state: "stable" } });
  });

  test("is not wanted from a peer of version 0, which has no word for it", () => {
    const ann = new CallMachine().connecting({ version: 0, partyId: null }).connected().forget();
    expect(ann.report({ kind: "negotiationNeeded" }).steps).toEqual([]);
  });
});

describe("a description that the browser refuses", () => {
  test.each([
    ["our offer", () => new CallMachine().place()],
    [
      "our answer",
      () => new CallMachine().rings(GREATER).take({ type: "answer", callId: GREATER, isVideo: false }),
    ],
    ["their answer", () => new CallMachine().connecting()],
  ])("%s is the end when it is the first of the call", (_which, begin) => {
    const ann = begin().report({ kind: "descriptionFailed", round: 1 });
    expect([ann.state, ann.ended]).toEqual(["free", { code: "failed" }]);
  });

  test("of a later round leaves the call as it was", () => {
    const ann = connected().report({ kind: "negotiationNeeded" }).described("offerReady", 2);
    ann.report({ kind: "descriptionFailed", round: 2 });
    expect(ann.did.at(-1)).toBe("rollback");
    expect(ann.active).toMatchObject({ state: "connected", talks: { state: "stable" } });
  });

  test("of a round that is over changes nothing", () => {
    const ann = connected().report({ kind: "negotiationNeeded" }).forget();
    expect(ann.report({ kind: "descriptionFailed", round: 7 }).steps).toEqual([]);
    expect(ann.active).toMatchObject({ talks: { state: "making" } });
  });
});

describe("the connection", () => {
  test("that fails before media ever flowed ends the call, and says why", () => {
    const ann = new CallMachine().connecting().forget().report({ kind: "connection", state: "failed" });
    expect([ann.ended, ann.signals]).toEqual([
      { code: "no-connection" },
      [{ kind: "hangup", reason: "ice_failed" }],
    ]);
  });

  test("that only wavers while it is being made is given its time", () => {
    const ann = new CallMachine().connecting().report({ kind: "connection", state: "disconnected" });
    expect(ann.state).toBe("connecting");
  });

  test("reported before the answer, or of another call, changes nothing", () => {
    const ann = new CallMachine().inviting().report({ kind: "connection", state: "connected" });
    expect(ann.state).toBe("inviting");
    ann.take({ type: "report", callId: GREATER, report: { kind: "connection", state: "failed" } });
    expect(ann.state).toBe("inviting");
  });
});

describe("capture that fails", () => {
  test("the microphone before anything was said: nobody hears of the call (VOIP-26)", () => {
    const ann = new CallMachine().place().report({ kind: "mediaFailed", part: "microphone", why: "denied" });
    expect([ann.said, ann.ended]).toEqual([[], { code: "media-failed", by: "here", why: "denied" }]);
  });

  test("the microphone while answering: the caller is told", () => {
    const ann = new CallMachine().rings(GREATER).take({ type: "answer", callId: GREATER, isVideo: false });
    ann.report({ kind: "mediaFailed", part: "microphone", why: "missing" });
    expect(ann.signals).toEqual([{ kind: "hangup", reason: "user_media_failed" }]);
  });

  test("the camera alone leaves a voice call", () => {
    const ann = new CallMachine().place(true).report({ kind: "mediaFailed", part: "camera", why: "in-use" });
    expect(ann.active).toMatchObject({ state: "preparing", local: { camera: false } });
  });

  test("in a call it is said, to both sides, until the part is switched", () => {
    const ann = connected().report({ kind: "mediaFailed", part: "microphone", why: "missing" });
    expect(ann.active).toMatchObject({ problem: { part: "microphone", why: "missing" } });
    expect(ann.said).toEqual(["metadata"]);
    ann.take({ type: "setLocal", callId: LESSER, local: { microphone: true } });
    expect(ann.active).toMatchObject({ problem: null });
  });

  test("the system's own end of sharing is one of ours", () => {
    const ann = connected()
      .take({ type: "setLocal", callId: LESSER, local: { screen: true } })
      .forget();
    ann.report({ kind: "screenEnded" });
    expect([ann.active, ann.said]).toMatchObject([{ local: { screen: false } }, ["metadata"]]);
  });
});
