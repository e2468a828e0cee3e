import { describe, expect, test } from "vitest";
import { parseEvent, type MatrixEvent } from "../event.ts";
import specEvents from "../../../e2e/homeserver/spec-events.json" with { type: "json" };
import { ageOf, isCallEvent, parseSignal } from "./parse-signal.ts";
import { isHold, offersVideo } from "./sdp.ts";
import { signalContent } from "./signal-content.ts";
import type { CallVersion, Outgoing, Signal } from "./state.ts";

const hearing = { receivedAt: 1_000_000, receivedTs: 5_000_000, isEcho: false };
const common = { call_id: "c1", party_id: "p1", version: "1" };
const offer = { type: "offer", sdp: "v=0" };

function anEvent(type: string, content: object, rest: object = {}): MatrixEvent {
  const raw = { event_id: "$1", sender: "@ben:x", type, content, origin_server_ts: 4_990_000, ...rest };
  const event = parseEvent(raw);
  if (event === null) throw new Error("not an event");
  return event;
}
const heard = (kind: string, content: object, rest: object = {}) =>
  parseSignal(anEvent(`m.call.${kind}`, { ...common, ...content }, rest), hearing);

describe("the specification's own examples", () => {
  const examples = Object.entries(specEvents as Record<string, unknown>).filter(([name]) =>
    name.startsWith("m.call."),
  );
  test.each(examples)("%s is understood", (name, raw) => {
    const event = parseEvent(raw);
    expect(event).not.toBeNull();
    if (event === null) return;
    expect(isCallEvent(event)).toBe(true);
    expect(parseSignal(event, hearing)).toMatchObject({ version: 1, partyId: expect.any(String) as string });
    expect(name).toBe(event.type);
  });
});

describe("versions (VOIP-06)", () => {
  test.each<[unknown, CallVersion, string | null]>([
    [0, 0, null],
    ["0", 1, "p1"],
    ["1", 1, "p1"],
    [1, 1, "p1"],
    ["2", 1, "p1"],
    [undefined, 1, "p1"],
    [null, 1, "p1"],
  ])("%j is spoken to as %d", (version, spoken, partyId) => {
    expect(heard("hangup", { version })).toMatchObject({ version: spoken, partyId });
  });
});

describe("age and lifetime", () => {
  test.each<[string, object, object, number]>([
    [
      "the server's age counts, whatever the clocks say",
      { lifetime: 60_000 },
      { unsigned: { age: 10_000 } },
      50_000,
    ],
    ["without an age the clocks are all there is", { lifetime: 60_000 }, {}, 50_000],
    ["without a lifetime it is a minute (VOIP-10)", {}, { unsigned: { age: 0 } }, 60_000],
    ["a lifetime of the wrong type is none", { lifetime: "90000" }, { unsigned: { age: 0 } }, 60_000],
    ["nobody rings for an hour", { lifetime: 3_600_000 }, { unsigned: { age: 0 } }, 180_000],
    ["a negative lifetime is over at once", { lifetime: -5 }, { unsigned: { age: 0 } }, 0],
    ["an age before its birth is none", { lifetime: 60_000 }, { unsigned: { age: -99_999 } }, 60_000],
  ])("%s", (_what, content, rest, left) => {
    expect(heard("invite", { offer, ...content }, rest)).toMatchObject({ until: hearing.receivedAt + left });
  });
  test("a sender's clock in the future makes nobody younger", () => {
    expect(ageOf(anEvent("m.call.invite", {}, { origin_server_ts: 9_000_000 }), 5_000_000)).toBe(0);
  });
});

describe("what lacks what it must have is nothing", () => {
  test.each<[string, object]>([
    ["invite", {}],
    ["invite", { offer: "v=0" }],
    ["invite", { offer: { type: "offer" } }],
    ["invite", { offer, call_id: "" }],
    ["invite", { offer, call_id: 7 }],
    ["invite", { offer, call_id: "x".repeat(256) }],
    ["answer", { answer: { sdp: 1 } }],
    ["select_answer", {}],
    ["select_answer", { selected_party_id: "" }],
    ["negotiate", { description: { type: "pranswer", sdp: "v=0" } }],
    ["sdp_stream_metadata_changed", {}],
    ["replaces", {}],
    ["something_new", {}],
  ])("%s %j", (kind, content) => {
    expect(heard(kind, content)).toBeNull();
  });
  test("a state event is no signal", () => {
    expect(heard("hangup", {}, { state_key: "" })).toBeNull();
    expect(isCallEvent(anEvent("m.call.hangup", common, { state_key: "" }))).toBe(false);
  });
});

describe("candidates (VOIP-12)", () => {
  const parsed = (candidates: unknown) => {
    const signal = heard("candidates", { candidates });
    return signal?.kind === "candidates" ? signal.candidates : null;
  };
  test.each<[string, unknown, unknown]>([
    ["mid alone is enough", [{ candidate: "c", sdpMid: "0" }], [{ candidate: "c", sdpMid: "0" }]],
    ["index alone is enough", [{ candidate: "c", sdpMLineIndex: 1 }], [{ candidate: "c", sdpMLineIndex: 1 }]],
    ["the end needs neither", [{ candidate: "" }], [{ candidate: "" }]],
    ["with neither it leads nowhere", [{ candidate: "c" }], []],
    ["an index that is none", [{ candidate: "c", sdpMLineIndex: 0.5 }], []],
    ["too long", [{ candidate: "c".repeat(2049), sdpMid: "0" }], []],
    ["not a list", { 0: "c" }, []],
    [
      "a bad one does not take the good one with it",
      [null, 3, { candidate: "c", sdpMid: "0" }],
      [{ candidate: "c", sdpMid: "0" }],
    ],
  ])("%s", (_what, candidates, kept) => {
    expect(parsed(candidates)).toEqual(kept);
  });
  test("thousands are cut", () => {
    expect(parsed(Array.from({ length: 5000 }, () => ({ candidate: "c", sdpMid: "0" })))).toHaveLength(200);
  });
});

describe("streams", () => {
  const map = {
    s1: { purpose: "m.usermedia", audio_muted: true },
    s2: { purpose: "m.screenshare", video_muted: true },
  };
  const streams = [
    { streamId: "s1", purpose: "camera", isAudioMuted: true, isVideoMuted: false },
    { streamId: "s2", purpose: "screen", isAudioMuted: false, isVideoMuted: true },
  ];
  test("are read by their name of today and by the one before", () => {
    expect(heard("sdp_stream_metadata_changed", { sdp_stream_metadata: map })).toMatchObject({ streams });
    const old = { "org.matrix.msc3077.sdp_stream_metadata": map };
    expect(heard("answer", { answer: { type: "answer", sdp: "v=0" }, ...old })).toMatchObject({ streams });
  });
  test("of unknown purpose are none; where nothing is said it is null, which is not none", () => {
    const unknown = { s: { purpose: "m.hologram" }, t: 4, "": { purpose: "m.usermedia" } };
    expect(heard("invite", { offer, sdp_stream_metadata: unknown })).toMatchObject({ streams: [] });
    expect(heard("invite", { offer })).toMatchObject({ streams: null });
  });
  test("by the hundreds are cut", () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`s${i}`, { purpose: "m.usermedia" }]),
    );
    const signal = heard("invite", { offer, sdp_stream_metadata: many });
    expect(signal?.kind === "invite" && signal.streams?.length).toBe(16);
  });
});

describe("what we say is what we understand", () => {
  const media = {
    streams: [{ streamId: "s1", purpose: "camera" }] as const,
    local: { microphone: true, camera: false, screen: false, isHeld: false },
  };
  const signals: readonly Signal[] = [
    { kind: "invite", sdp: "v=0", lifetimeMs: 90_000, invitee: "@ben:x" as never, media },
    { kind: "answer", sdp: "v=0", media },
    { kind: "candidates", candidates: [{ candidate: "c", sdpMid: "0" }, { candidate: "" }] },
    { kind: "selectAnswer", selected: "p2" },
    { kind: "reject" },
    { kind: "hangup", reason: "ice_failed" },
    { kind: "negotiate", description: { type: "offer", sdp: "v=0" }, lifetimeMs: 60_000, media },
    { kind: "metadata", media },
  ];
  const outgoing = (signal: Signal, version: CallVersion): Outgoing => ({
    callId: "c1" as never,
    partyId: "p1",
    version,
    expiresAt: 0,
    signal,
  });
  test.each(signals)("$kind", (signal) => {
    const { eventType, content } = signalContent(outgoing(signal, 1));
    expect(parseSignal(anEvent(eventType, content), hearing)).toMatchObject({
      kind: signal.kind,
      callId: "c1",
      partyId: "p1",
      version: 1,
    });
  });
  test.each(signals)(
    "$kind to version 0 has the integer and none of the keys of version 1 (VOIP-11)",
    (signal) => {
      const { content } = signalContent(outgoing(signal, 0));
      expect(content["version"]).toBe(0);
      for (const key of ["party_id", "invitee", "capabilities", "reason"])
        expect(content).not.toHaveProperty(key);
    },
  );
  test("a held call has everything muted", () => {
    const held = { ...media, local: { ...media.local, isHeld: true } };
    const { content } = signalContent(outgoing({ kind: "metadata", media: held }, 1));
    expect(content).toMatchObject({ sdp_stream_metadata: { s1: { audio_muted: true, video_muted: true } } });
  });
});

describe("what is read out of descriptions", () => {
  test.each([
    ["v=0\r\nm=audio 9 RTP 0\r\n", false],
    ["v=0\r\nm=audio 9 RTP 0\r\nm=video 9 RTP 96\r\n", true],
    ["v=0\nm=video 54321 RTP 96\n", true],
    ["v=0\r\nm=video 0 RTP 96\r\n", false],
    ["s=m=video 9\r\n", false],
    ["", false],
  ])("video in %j: %s", (sdp, isVideo) => {
    expect(offersVideo(sdp)).toBe(isVideo);
  });
  test.each([
    ["m=audio 9 x\r\na=sendrecv\r\n", false],
    ["m=audio 9 x\r\na=sendonly\r\n", true],
    ["m=audio 9 x\r\na=inactive\r\n", true],
    ["m=audio 9 x\r\na=recvonly\r\n", false],
    ["m=audio 9 x\r\n", false],
    ["a=inactive\r\nm=audio 9 x\r\n", true],
    ["a=inactive\r\nm=audio 9 x\r\na=sendrecv\r\n", false],
    ["m=audio 9 x\r\na=sendonly\r\nm=video 9 x\r\na=sendrecv\r\n", true],
    ["m=audio 0 x\r\na=inactive\r\n", false],
    ["m=video 9 x\r\na=inactive\r\n", false],
    ["m=audio 9 x\r\na=sendonly\r\nm=audio 9 x\r\na=sendrecv\r\n", false],
  ])("%j is a hold: %s", (sdp, isHeld) => {
    expect(isHold(sdp)).toBe(isHeld);
  });
});
