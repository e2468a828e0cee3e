import { describe, expect, test } from "vitest";
import type { Received } from "./state.ts";
import {
  ANN,
  CallMachine,
  EVE,
  GREATER,
  HELD,
  LESSER,
  OURS,
  THEIRS,
  THIRD,
} from "../testing/call-machine.ts";

const ringing = () => new CallMachine().rings(GREATER).forget();
const inviting = () => new CallMachine().inviting().forget();
const answering = () => {
  const ann = ringing().take({ type: "answer", callId: GREATER, isVideo: false });
  return ann.described("answerReady").forget();
};
const connected = () => new CallMachine().connecting().connected().forget();
const tablet = { sender: ANN, partyId: "our-tablet" } as const;
const theirTablet = { partyId: "their-tablet" } as const;

describe("what rings", () => {
  test.each<[string, Received["kind"], object, object]>([
    ["its caller gives up", "hangup", {}, { code: "missed" }],
    ["another device of ours answers", "answer", tablet, { code: "answered-elsewhere" }],
    ["another device of ours declines", "reject", tablet, { code: "declined-elsewhere" }],
    [
      "another of ours declines as version 0",
      "hangup",
      { ...tablet, version: 0 },
      { code: "declined-elsewhere" },
    ],
    ["its caller has chosen an answer", "selectAnswer", { selected: "x" }, { code: "answered-elsewhere" }],
    ["somebody else in the room takes it", "answer", { sender: EVE }, { code: "missed" }],
  ])("stops when %s", (_what, kind, part, reason) => {
    const ann = ringing().hear(kind, GREATER, part).settle();
    expect([ann.state, ann.ended, ann.said]).toEqual(["free", reason, []]);
  });

  test.each<[string, Received["kind"], object]>([
    ["somebody else declines", "reject", { sender: EVE, partyId: "e" }],
    ["somebody else hangs up", "hangup", { sender: EVE, partyId: "e" }],
    ["its caller says candidates", "candidates", {}],
  ])("goes on when %s", (_what, kind, part) => {
    expect(ringing().hear(kind, GREATER, part).settle().state).toBe("ringing");
  });

  test.each<[string, object]>([
    ["is for somebody else", { invitee: EVE }],
    ["comes from us", tablet],
  ])("does not begin when the invite %s", (_why, part) => {
    const ann = new CallMachine().rings(GREATER, part);
    expect([ann.state, ann.calls.ended, ann.steps]).toEqual(["free", [], []]);
  });

  test.each<[string, number]>([
    ["is over its time", 0],
    ["has less than two seconds left", 1_999],
  ])("does not begin when the invite %s, and is missed", (_why, until) => {
    const ann = new CallMachine().rings(GREATER, { until });
    expect([ann.state, ann.calls.ended]).toEqual(["free", []]);
    expect(ann.steps).toMatchObject([{ type: "missed", invite: { callId: GREATER } }]);
  });

  test("begins for an invite that names nobody, but not in a public room (VOIP-29)", () => {
    expect(new CallMachine().rings(GREATER, { invitee: null }).state).toBe("ringing");
    const ann = new CallMachine();
    ann.facts = { ...ann.facts, isPublic: true };
    expect(ann.rings(GREATER).state).toBe("free");
  });

  test("does not begin before the whole response is taken in (VOIP-23)", () => {
    const ann = new CallMachine().hear("invite", GREATER);
    expect(ann.state).toBe("free");
    expect(ann.settle().state).toBe("ringing");
  });

  test.each<[string, (ann: CallMachine) => CallMachine]>([
    ["after it", (ann) => ann.hear("invite", GREATER).hear("hangup", GREATER)],
    ["before it, found in a gap", (ann) => ann.hear("hangup", GREATER).settle().hear("invite", GREATER)],
    ["by an answer of another device", (ann) => ann.hear("invite", GREATER).hear("answer", GREATER, tablet)],
  ])("does not begin when it is over in the same response: %s", (_how, tell) => {
    expect(tell(new CallMachine()).settle().state).toBe("free");
  });
});

describe("our invite", () => {
  test.each<[string, Received["kind"], object, object]>([
    ["declined", "reject", {}, { code: "declined", by: "there" }],
    ["declined by version 0", "hangup", { version: 0, partyId: null }, { code: "declined", by: "there" }],
    ["met by a busy line", "hangup", { reason: "user_busy" }, { code: "busy" }],
    [
      "met by a broken camera",
      "hangup",
      { reason: "user_media_failed" },
      { code: "media-failed", by: "there", why: null },
    ],
    ["met by a fault", "hangup", { reason: "unknown_error" }, { code: "failed" }],
  ])("is %s", (_how, kind, part, reason) => {
    const ann = inviting().hear(kind, LESSER, part).settle();
    expect([ann.state, ann.ended]).toEqual(["free", reason]);
    expect(ann.said).not.toContain("hangup");
  });

  test("declined: their other devices learn whose word counts", () => {
    const ann = inviting().hear("reject", LESSER).settle();
    expect(ann.signals).toEqual([{ kind: "selectAnswer", selected: THEIRS }]);
  });

  test("answered by two devices: the first counts, the second changes nothing", () => {
    const ann = inviting().hear("answer", LESSER).hear("answer", LESSER, theirTablet).settle();
    expect(ann.signals).toEqual([{ kind: "selectAnswer", selected: THEIRS }]);
    expect(ann.active).toMatchObject({ state: "connecting", opponent: { partyId: THEIRS } });
    ann.hear("hangup", LESSER, theirTablet);
    expect(ann.state).toBe("connecting");
  });

  test.each(["answer", "reject", "hangup"] as const)("is not taken by a stranger's %s", (kind) => {
    expect(inviting().hear(kind, LESSER, { sender: EVE, partyId: "e" }).settle().state).toBe("inviting");
  });

  test("answered by version 0: no party, no select_answer", () => {
    const ann = inviting().hear("answer", LESSER, { version: 0, partyId: null }).settle();
    expect(ann.said).toEqual([]);
    expect(ann.active).toMatchObject({ opponent: { version: 0, partyId: null } });
  });

  test("candidates before the answer are kept, and only those of who answers are used (VOIP-14)", () => {
    const ann = inviting().hear("candidates", LESSER).hear("candidates", LESSER, theirTablet);
    ann.hear("candidates", LESSER, { sender: EVE, partyId: THEIRS });
    expect(ann.did).toEqual([]);
    ann.hear("answer", LESSER).settle();
    expect(ann.did).toEqual(["acceptAnswer", "addCandidates"]);
    expect(ann.media[1]).toMatchObject({ candidates: [{ candidate: "candidate:1" }] });
  });
});

describe("our answer, before it is out", () => {
  test.each<[string, Received["kind"], object, object]>([
    ["the caller gives up", "hangup", {}, { code: "hung-up", by: "there" }],
    [
      "the caller has chosen another",
      "selectAnswer",
      { selected: "their-choice" },
      { code: "answered-elsewhere" },
    ],
    ["another device of ours answered first", "answer", tablet, { code: "answered-elsewhere" }],
    ["another device of ours declined first", "reject", tablet, { code: "declined-elsewhere" }],
  ])("is taken back when %s", (_what, kind, part, reason) => {
    const ann = answering().hear(kind, GREATER, part).settle();
    expect(ann.steps[0]).toEqual({ type: "cancelSignals", callId: GREATER });
    expect([ann.state, ann.ended, ann.said]).toEqual(["free", reason, []]);
  });

  test("candidates from the caller are passed on, those of others are not", () => {
    const ann = answering().hear("candidates", GREATER).hear("candidates", GREATER, theirTablet);
    expect(ann.did).toEqual(["addCandidates"]);
  });
});

describe("a call that is up", () => {
  test.each<[string | null, object]>([
    [null, { code: "hung-up", by: "there" }],
    ["user_hangup", { code: "hung-up", by: "there" }],
    ["something of 2031", { code: "hung-up", by: "there" }],
    ["ice_failed", { code: "no-connection" }],
    ["ice_timeout", { code: "connection-lost" }],
    ["unknown_error", { code: "failed" }],
  ])("ends by their hangup for %s, and nothing is said back", (reason, shown) => {
    const ann = connected().hear("hangup", LESSER, { reason }).settle();
    expect([ann.state, ann.ended, ann.said]).toEqual(["free", shown, []]);
  });

  test.each<[string, object]>([
    ["another device of theirs", theirTablet],
    ["a stranger", { sender: EVE, partyId: THEIRS }],
  ])("does not end by a hangup of %s", (_who, part) => {
    expect(connected().hear("hangup", LESSER, part).settle().state).toBe("connected");
  });

  test("ends by a hangup without party: then the person is enough", () => {
    expect(connected().hear("hangup", LESSER, { partyId: null, version: 0 }).settle().state).toBe("free");
  });

  test("ends here when the caller chose another device", () => {
    const ann = new CallMachine().answered().forget();
    ann.hear("selectAnswer", GREATER, { selected: "our-tablet" }).settle();
    expect([ann.ended, ann.said, ann.did]).toEqual([{ code: "answered-elsewhere" }, [], ["close"]]);
  });

  test("stays here when the caller chose us", () => {
    const ann = new CallMachine().answered().hear("selectAnswer", GREATER).settle();
    expect(ann.active).toMatchObject({ isSelected: true });
  });

  test("with version 0 it belongs to the answer that stands first in the room", () => {
    const old = { version: 0, partyId: null } as const;
    const later = new CallMachine().answered(old).hear("answer", GREATER, { ...old, sender: EVE });
    expect(later.ended).toEqual({ code: "answered-elsewhere" });
    const first = new CallMachine()
      .answered(old)
      .hear("answer", GREATER, { ...old, sender: ANN, isEcho: true });
    expect(first.hear("answer", GREATER, { ...old, sender: EVE }).state).toBe("connecting");
  });

  test("hears when it is put on hold and taken up", () => {
    const ann = connected().hear("negotiate", LESSER, { description: { type: "offer", sdp: HELD } });
    expect(ann.active).toMatchObject({ remote: { isHolding: true }, talks: { state: "answering" } });
    ann.described("answerReady", 2).hear("negotiate", LESSER);
    expect(ann.active).toMatchObject({ remote: { isHolding: false } });
  });

  test("hears what they mute and share", () => {
    const streams = [{ streamId: "s", purpose: "screen", isAudioMuted: true, isVideoMuted: false }] as const;
    const ann = connected().hear("metadata", LESSER, { streams });
    expect(ann.active).toMatchObject({ remote: { streams } });
    expect(connected().hear("metadata", LESSER, { streams, ...theirTablet }).active).toMatchObject({
      remote: { streams: null },
    });
  });
});

describe("echoes", () => {
  test("of our party change nothing, whatever they are", () => {
    const own = { sender: ANN, partyId: OURS } as const;
    for (const kind of ["answer", "reject", "hangup", "candidates"] as const)
      expect(inviting().hear(kind, LESSER, own).state).toBe("inviting");
  });
  test("known by their transaction change nothing, also without a party", () => {
    const ann = new CallMachine().connecting({ version: 0, partyId: null }).forget();
    ann.hear("hangup", LESSER, { sender: ANN, partyId: null, version: 0, isEcho: true });
    expect([ann.state, ann.steps]).toEqual(["connecting", []]);
  });
});

test("events of calls nobody knows change nothing, and are not kept without bound (VOIP-22)", () => {
  const ann = connected();
  const { active } = ann;
  for (let i = 0; i < 500; i++)
    for (const kind of ["answer", "hangup", "selectAnswer", "reject", "negotiate", "candidates"] as const)
      ann.hear(kind, `unknown-${i}` as never);
  ann.settle();
  expect([ann.active, ann.steps]).toEqual([active, []]);
  expect(ann.calls.over.length).toBeLessThanOrEqual(100);
  expect(ann.calls.strays.length).toBeLessThanOrEqual(300);
});

test("a flood of invites, also over many responses, rings a few times and no more", () => {
  const ann = new CallMachine();
  for (let i = 0; i < 500; i++) {
    ann.hear("invite", `flood-${i}` as never);
    if (i % 50 === 0) ann.settle();
  }
  ann.settle();
  expect(ann.calls.ringing.length).toBeLessThanOrEqual(4);
  expect(ann.calls.fresh).toEqual([]);
  expect(ann.hear("hangup", THIRD).settle().state).toBe("ringing");
});
