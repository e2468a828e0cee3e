import { describe, expect, test } from "vitest";
import { BEN, CallMachine, EVE, GREATER, LESSER, VOICE } from "../testing/call-machine.ts";
import { deadlineOf } from "./on-time.ts";

// Time, people leaving, and what the lane could not send. `wait` fails when a deadline passes and nothing comes of it.

const connected = () => new CallMachine().connecting().connected().forget();
const lost = (state: "disconnected" | "failed" = "disconnected") =>
  connected().report({ kind: "connection", state });

describe("nobody answers (VOIP-08)", () => {
  test("ours: after its lifetime it ends here, and they are told that it timed out", () => {
    const ann = new CallMachine().inviting().forget();
    expect(ann.wait(89_999).state).toBe("inviting");
    ann.wait(1);
    expect([ann.state, ann.ended]).toEqual(["free", { code: "unanswered" }]);
    expect(ann.signals).toEqual([{ kind: "hangup", reason: "invite_timeout" }]);
  });

  test("ours: the time counts from the wire, not from the click", () => {
    const ann = new CallMachine().place().wait(50_000).described("offerReady").handedOff("invite");
    expect(ann.wait(89_999).state).toBe("inviting");
  });

  test("theirs: it stops ringing at its own end, missed, and nothing is said", () => {
    const ann = new CallMachine().rings(GREATER, { until: 30_000 });
    expect(ann.wait(29_999).state).toBe("ringing");
    ann.wait(1);
    expect([ann.state, ann.ended, ann.said]).toEqual(["free", { code: "missed" }, []]);
  });

  test("theirs, answered at the last moment: an answer that cannot get out by then is none", () => {
    const ann = new CallMachine().rings(GREATER, { until: 30_000 }).wait(29_000);
    ann.take({ type: "answer", callId: GREATER, isVideo: false }).described("answerReady").wait(1_000);
    expect(ann.ended).toEqual({ code: "not-sent", failure: null });
  });

  test("an answer after the end is not taken", () => {
    const ann = new CallMachine().inviting().wait(90_000).forget();
    ann.hear("answer", LESSER).settle();
    expect([ann.state, ann.steps]).toEqual(["free", []]);
  });
});

describe("the connection is lost", () => {
  test("for two seconds nothing is done: it may heal by itself", () => {
    const ann = lost();
    expect(ann.wait(1_999).did).toEqual([]);
    ann.report({ kind: "connection", state: "connected" }).wait(60_000);
    expect([ann.active, ann.did]).toMatchObject([{ state: "connected", link: { state: "good" } }, []]);
  });

  test("then ICE is restarted, by the polite side some seconds later so that both do not", () => {
    expect(lost().wait(2_000).media).toMatchObject([{ do: "makeOffer", isIceRestart: true }]);
    const polite = new CallMachine().answered().connected().forget();
    polite.report({ kind: "connection", state: "disconnected" });
    expect(polite.wait(5_999).did).toEqual([]);
    expect(polite.wait(1).media).toMatchObject([{ do: "makeOffer", isIceRestart: true }]);
  });

  test("failed for good by the browser's word: ICE is restarted at once", () => {
    expect(lost("failed").wait(0).media).toMatchObject([{ do: "makeOffer", isIceRestart: true }]);
  });

  test("after thirty seconds it is over, said to the other side", () => {
    const ann = lost();
    expect(ann.wait(29_999).state).toBe("connected");
    ann.wait(1);
    expect([ann.state, ann.ended]).toEqual(["free", { code: "connection-lost" }]);
    expect(ann.signals.at(-1)).toEqual({ kind: "hangup", reason: "ice_timeout" });
  });

  test("the thirty seconds count from the first loss, and begin anew only after it was good", () => {
    const ann = lost().wait(10_000).report({ kind: "connection", state: "failed" });
    expect(ann.active).toMatchObject({ link: { since: 0, until: 30_000 } });
    ann.report({ kind: "connection", state: "connected" }).wait(5_000);
    ann.report({ kind: "connection", state: "disconnected" });
    expect(ann.active).toMatchObject({ link: { since: 15_000, until: 45_000 } });
  });

  test("a restart waits for the round that is under way, and follows it", () => {
    const ann = connected().report({ kind: "negotiationNeeded" }).described("offerReady", 2).forget();
    ann.report({ kind: "connection", state: "disconnected" }).wait(2_500);
    expect(ann.did).toEqual([]);
    ann.hear("negotiate", LESSER, { description: { type: "answer", sdp: VOICE } });
    expect(ann.media.at(-1)).toMatchObject({ do: "makeOffer", isIceRestart: true });
  });

  test("before it was ever made it is given up after thirty seconds", () => {
    const ann = new CallMachine().connecting();
    expect(ann.wait(29_999).state).toBe("connecting");
    expect(ann.wait(1).ended).toEqual({ code: "no-connection" });
  });
});

describe("people", () => {
  test.each([
    ["while we call", () => new CallMachine().inviting()],
    ["while we connect", () => new CallMachine().connecting()],
    ["while we talk", () => connected()],
  ])("the other one leaves the room %s: it is over, and nobody is left to be told", (_when, begin) => {
    const ann = begin()
      .forget()
      .settle({ gone: [BEN] });
    expect([ann.state, ann.ended, ann.said]).toEqual(["free", { code: "left" }, []]);
  });

  test("the caller leaves while it rings: missed", () => {
    expect(new CallMachine().rings(GREATER).settle({ gone: [BEN] }).ended).toEqual({ code: "missed" });
  });

  test("we may not speak there any more: ringing and talking end", () => {
    expect(new CallMachine().rings(GREATER).settle({ canSpeak: false }).ended).toEqual({ code: "left" });
    expect(connected().settle({ canSpeak: false }).ended).toEqual({ code: "left" });
  });

  test("somebody else leaves: nothing changes", () => {
    expect(connected().settle({ gone: [EVE] }).state).toBe("connected");
  });

  test("a third person comes while we call: it ends in silence; once it is answered it goes on (VOIP-03)", () => {
    const ann = new CallMachine().inviting().forget().settle({ block: "too-many" });
    expect([ann.ended, ann.said]).toEqual([{ code: "too-many" }, []]);
    expect(connected().settle({ block: "too-many" }).state).toBe("connected");
  });
});

describe("what the lane could not send", () => {
  const failure = { kind: "rejected", status: 403, errcode: "M_FORBIDDEN", message: "no" } as const;

  test("our invite: it is over and says why; a hangup follows in case it arrived after all (VOIP-25)", () => {
    const ann = new CallMachine().inviting().forget();
    ann.take({ type: "unsendable", callId: LESSER, kind: "invite", failure });
    expect([ann.ended, ann.said]).toEqual([{ code: "not-sent", failure }, ["hangup"]]);
  });

  test("our invite, never handed over: nothing is said", () => {
    const ann = new CallMachine().place().described("offerReady").forget();
    ann.take({ type: "unsendable", callId: LESSER, kind: "invite", failure: null });
    expect([ann.ended, ann.said]).toEqual([{ code: "not-sent", failure: null }, []]);
  });

  test.each(["candidates", "metadata", "negotiate", "selectAnswer"] as const)(
    "%s: the call goes on",
    (kind) => {
      const ann = connected().take({ type: "unsendable", callId: LESSER, kind, failure });
      expect(ann.state).toBe("connected");
    },
  );

  test("of a call that is not this one: nothing changes", () => {
    expect(connected().take({ type: "unsendable", callId: GREATER, kind: "invite", failure }).state).toBe(
      "connected",
    );
  });
});

test("a machine at rest wants no timer", () => {
  expect(deadlineOf(new CallMachine().calls)).toBeNull();
  expect(deadlineOf(connected().calls)).toBeNull();
  const ann = connected().take({ type: "hangUp", callId: LESSER });
  expect(deadlineOf(ann.wait(5_000).calls)).toBeNull();
});
