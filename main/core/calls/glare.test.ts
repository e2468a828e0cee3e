import { describe, expect, test } from "vitest";
import {
  ANN,
  BEN,
  CallMachine,
  GREATER,
  LESSER,
  OURS,
  THEIRS,
  THIRD,
  VIDEO,
} from "../testing/call-machine.ts";

// Both call each other (GLAR-01…12), from one side. What both sides together make of it is in parties.model.test.ts.

const onTheWire = (callId = GREATER, isVideo = false) =>
  new CallMachine()
    .inviting(isVideo, callId)
    .hear("invite", callId, { sender: ANN, partyId: OURS, isEcho: true })
    .forget();

describe("theirs comes while ours is being prepared", () => {
  test.each([
    ["lesser", LESSER, GREATER],
    ["greater", GREATER, LESSER],
  ])("ours never leaves and theirs is answered, also where theirs is the %s", (_which, theirs, ours) => {
    const ann = new CallMachine().place(true, ours).described("offerReady", 1, VIDEO).forget();
    ann.rings(theirs);
    expect(ann.steps.slice(0, 2)).toEqual([
      { type: "cancelSignals", callId: ours },
      { type: "over", callId: ours },
    ]);
    expect(ann.did).toEqual(["handOver", "makeAnswer"]);
    expect(ann.said).toEqual([]);
    expect(ann.active).toMatchObject({ state: "answering", id: ours, callId: theirs, isAuto: true });
    ann.described("answerReady").handedOff("answer");
    expect(ann.active).toMatchObject({ state: "connecting", direction: "outgoing", isPolite: true });
    expect(ann.said).toEqual(["answer"]);
  });

  test("an invite for another person, from ourselves, or taken back in the same response changes nothing", () => {
    const ann = new CallMachine().place().forget();
    ann.rings(GREATER, { invitee: "@eve:x" as never });
    ann.rings(THIRD, { sender: ANN, partyId: "our-tablet" });
    ann
      .hear("invite", "call-d" as never)
      .hear("hangup", "call-d" as never)
      .settle();
    expect([ann.state, ann.steps]).toEqual(["preparing", []]);
  });

  test("one that is over already is no glare (GLAR-11)", () => {
    const ann = new CallMachine().place().forget();
    ann.rings(GREATER, { until: 0 });
    expect([ann.state, ann.steps]).toEqual(["preparing", []]);
  });
});

describe("both are sent", () => {
  test("theirs is the lesser: ours is hung up, theirs answered, with the media that is open", () => {
    const ann = onTheWire().rings(LESSER);
    expect(ann.said).toEqual(["hangup"]);
    expect(ann.media[0]).toMatchObject({ do: "handOver", callId: LESSER, from: GREATER });
    expect(ann.active).toMatchObject({ id: GREATER, callId: LESSER, state: "answering" });
    expect(ann.calls.ended).toEqual([]);
  });

  test("ours is the lesser: theirs neither rings nor is answered, and its end ends nothing", () => {
    const ann = onTheWire(LESSER).rings(GREATER);
    expect([ann.state, ann.steps, ann.calls.ringing]).toEqual(["inviting", [], []]);
    ann.hear("hangup", GREATER).settle();
    expect(ann.state).toBe("inviting");
    ann.hear("answer", LESSER).settle();
    expect([ann.state, ann.said]).toEqual(["connecting", ["selectAnswer"]]);
  });

  test.each([
    ["a", "ab", true],
    ["Z", "a", true],
    ["10", "9", true],
    ["I", "i", true],
    ["z", "ä", true],
    ["\u{FF5E}", "\u{1F600}", false],
  ])("%s before %s is decided by code units: %s (GLAR-07)", (ours, theirs, isOursKept) => {
    const ann = onTheWire(ours as never).rings(theirs as never);
    expect(ann.active?.callId).toBe(isOursKept ? ours : theirs);
  });

  test("the same invite twice, or one with our own id, is not answered twice (GLAR-12)", () => {
    const ann = onTheWire().rings(LESSER).rings(LESSER);
    expect(ann.did.filter((one) => one === "makeAnswer")).toHaveLength(1);
    const same = onTheWire().rings(GREATER);
    expect([same.state, same.steps]).toEqual(["inviting", []]);
  });

  test("ours proves unsendable after theirs gave way: then it is theirs that is answered", () => {
    const ann = onTheWire(LESSER).rings(GREATER);
    ann.take({ type: "unsendable", callId: LESSER, kind: "invite", failure: null });
    expect(ann.active).toMatchObject({ state: "answering", callId: GREATER });
  });

  test("ours is given up while theirs waits beside it: theirs rings after a moment, unless it was taken back", () => {
    const ann = onTheWire(LESSER).rings(GREATER).take({ type: "hangUp", callId: LESSER });
    expect(ann.state).toBe("free");
    expect(ann.wait(3_000).state).toBe("ringing");
    const back = onTheWire(LESSER).rings(GREATER).take({ type: "hangUp", callId: LESSER });
    back.hear("hangup", GREATER).settle();
    expect(back.wait(10_000).state).toBe("free");
  });
});

describe("voice meets video", () => {
  const relay = { candidate: "candidate:2 1 udp 1 10.0.0.1 9 typ relay", sdpMid: "0" };
  /** Ours is a video call and gives way to their voice call. */
  const yielding = () => onTheWire(GREATER, true).rings(LESSER).described("answerReady");

  test("there is no place for our camera in their offer: a new round follows as soon as our answer is out", () => {
    const ann = yielding();
    // The hangup of ours is still under way, so the answer waits in the lane when the browser says it.
    ann.report({ kind: "negotiationNeeded" });
    expect(ann.did).not.toContain("makeOffer");
    ann.handedOff("answer");
    expect(ann.media.at(-1)).toMatchObject({
      do: "makeOffer",
      callId: LESSER,
      round: 2,
      isIceRestart: false,
    });
    ann.described("offerReady", 2, VIDEO);
    expect(ann.said).toEqual(["hangup", "answer", "negotiate"]);
    ann.hear("negotiate", LESSER, { description: { type: "answer", sdp: VIDEO } });
    expect(ann.media.at(-1)).toMatchObject({ do: "acceptAnswer", round: 2 });
    expect(ann.active).toMatchObject({ isVideo: true, talks: { state: "stable" } });
  });

  test("candidates that wait for their batch are said all the same", () => {
    const ann = yielding().report({ kind: "candidates", candidates: [relay], isComplete: false });
    ann.report({ kind: "negotiationNeeded" }).handedOff("answer").wait(500);
    expect(ann.signals.at(-1)).toEqual({ kind: "candidates", candidates: [relay] });
  });

  test("so it does when the browser says it after the answer is out", () => {
    const ann = yielding().handedOff("answer").report({ kind: "negotiationNeeded" });
    expect(ann.media.at(-1)).toMatchObject({ do: "makeOffer", round: 2 });
  });

  test("their offer for the same thing crosses ours: ours is taken back and made anew, none is lost", () => {
    const ann = yielding().report({ kind: "negotiationNeeded" }).handedOff("answer");
    ann.described("offerReady", 2, VIDEO).forget();
    ann.hear("negotiate", LESSER);
    expect(ann.did).toEqual(["rollback", "makeAnswer"]);
    ann.described("answerReady", 3, VIDEO);
    expect(ann.media.at(-1)).toMatchObject({ do: "makeOffer", round: 4 });
  });

  test("ours is the voice call and is kept: their round is answered before media flows", () => {
    const ben = onTheWire(LESSER).rings(GREATER, { offer: { type: "offer", sdp: VIDEO } });
    ben.hear("answer", LESSER).settle();
    ben.hear("negotiate", LESSER).described("answerReady", 2, VIDEO);
    expect(ben.state).toBe("connecting");
    expect(ben.said).toEqual(["selectAnswer", "negotiate"]);
  });

  test("a camera turned on while the answer waits is negotiated too, in a plain call", () => {
    const ann = new CallMachine().rings(GREATER).take({ type: "answer", callId: GREATER, isVideo: false });
    ann.described("answerReady");
    ann.take({ type: "setLocal", callId: GREATER, local: { camera: true } });
    ann.report({ kind: "negotiationNeeded" }).handedOff("answer");
    expect(ann.media.at(-1)).toMatchObject({ do: "makeOffer", round: 2 });
  });
});

describe("with a third device", () => {
  test("another device of ours answers theirs, and theirs is the one that is kept: ours ends", () => {
    const ann = onTheWire(GREATER).hear("invite", LESSER);
    ann.hear("answer", LESSER, { sender: ANN, partyId: "our-tablet" }).settle();
    expect([ann.state, ann.said]).toEqual(["free", ["hangup"]]);
    expect(ann.ended).toEqual({ code: "answered-elsewhere" });
  });

  test("another device of ours answers theirs, and ours is the one that is kept: ours goes on", () => {
    const ann = onTheWire(LESSER).rings(GREATER);
    ann.hear("answer", GREATER, { sender: ANN, partyId: "our-tablet" }).settle();
    expect([ann.state, ann.said]).toEqual(["inviting", []]);
  });

  test("a second device of theirs calls while we talk: it rings only if nobody takes it back at once", () => {
    const ann = new CallMachine().connecting().connected().rings(GREATER, { partyId: "their-tablet" });
    expect(ann.calls.ringing).toEqual([]);
    ann.wait(3_000);
    expect(ann.calls.ringing).toHaveLength(1);
    expect(ann.active).toMatchObject({ state: "connected", peer: BEN, opponent: { partyId: THEIRS } });
  });
});
