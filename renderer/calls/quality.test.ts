import { expect, test } from "vitest";
import { judge, unknownQuality, type Expected } from "./quality.ts";
import { sampleOf, type Flow, type Sample } from "./stats.ts";

const none: Flow = { packets: 0, lost: 0, frames: 0 };
const all: Expected = { audioIn: true, videoIn: true, audioOut: true };

/** One sample per second of a call in which everything flows, changed by what the test is about. */
function call(seconds: number, change: (second: number) => Partial<Sample> = () => ({})): Sample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => {
    const flow: Flow = { packets: second * 50, lost: 0, frames: second * 25 };
    return {
      at: second * 1000,
      audioIn: flow,
      videoIn: flow,
      audioOut: flow,
      videoOut: flow,
      missedThere: 0,
      roundTrip: 40,
      jitter: 5,
      microphoneEnergy: second * 0.1,
      path: "direct",
      ...change(second),
    };
  });
}

test("nothing is said before there is anything to compare", () => {
  expect(judge([], all)).toEqual(unknownQuality);
  expect(judge(call(0), all)).toEqual(unknownQuality);
});

test("a call in which everything flows is good, and how it travels is known", () => {
  expect(judge(call(10), all)).toEqual({ level: "good", trouble: null, path: "direct", roundTrip: 40 });
});

test.each<[string, (second: number) => Partial<Sample>, string]>([
  ["3 % lost", (s) => ({ audioIn: { packets: s * 97, lost: s * 3, frames: 0 } }), "fair"],
  ["10 % lost", (s) => ({ videoIn: { packets: s * 90, lost: s * 10, frames: s } }), "poor"],
  ["10 % lost over there", () => ({ missedThere: 0.1 }), "poor"],
  ["slow", () => ({ roundTrip: 400 }), "fair"],
  ["very slow", () => ({ roundTrip: 900 }), "poor"],
  ["uneven", () => ({ jitter: 60 }), "fair"],
  ["lost packets repaired later", (s) => ({ audioIn: { packets: s * 50, lost: 20 - s, frames: 0 } }), "good"],
])("%s", (_name, change, level) => {
  expect(judge(call(10, change), all).level).toBe(level);
});

const standing: Flow = { packets: 100, lost: 0, frames: 50 };
test.each<[string, (second: number) => Partial<Sample>, string]>([
  ["nothing arrives", () => ({ audioIn: none }), "not-hearing"],
  ["sound stopped arriving", () => ({ audioIn: standing }), "not-hearing"],
  ["nothing of ours arrives there", () => ({ missedThere: 1 }), "not-heard"],
  ["the picture stands still", () => ({ videoIn: standing }), "not-seeing"],
  ["the microphone picks up nothing", () => ({ microphoneEnergy: 3 }), "silent-microphone"],
])("one-way: %s", (_name, change, trouble) => {
  expect(judge(call(8, change), all).trouble).toBe(trouble);
});

test("one-way media is not judged in the first seconds", () => {
  expect(
    judge(
      call(4, () => ({ audioIn: none })),
      all,
    ).trouble,
  ).toBeNull();
});

test("silence that was announced is no trouble: muted there, muted here, on hold", () => {
  const quiet = call(10, () => ({ audioIn: none, videoIn: standing, microphoneEnergy: 3, missedThere: 1 }));
  expect(judge(quiet, { audioIn: false, videoIn: false, audioOut: false }).trouble).toBeNull();
});

test("a single bad report is a hiccup, not a broken line", () => {
  expect(
    judge(
      call(8, (s) => ({ missedThere: s === 4 ? 1 : 0 })),
      all,
    ).trouble,
  ).toBeNull();
});

test("no report from the other side yet is not a broken line either", () => {
  expect(
    judge(
      call(8, () => ({ missedThere: null })),
      all,
    ).trouble,
  ).toBeNull();
});

test("reads a report as Chromium writes it", () => {
  const entries = [
    { type: "inbound-rtp", kind: "audio", packetsReceived: 10, packetsLost: 1, jitter: 0.02 },
    { type: "inbound-rtp", kind: "video", packetsReceived: 20, framesDecoded: 5 },
    { type: "outbound-rtp", kind: "audio", packetsSent: 11 },
    { type: "outbound-rtp", kind: "video", packetsSent: 21, framesSent: 6 },
    { type: "remote-inbound-rtp", kind: "audio", fractionLost: 0.25, roundTripTime: 0.1 },
    { type: "media-source", kind: "audio", totalAudioEnergy: 0.5 },
    { type: "transport", selectedCandidatePairId: "P" },
    { type: "candidate-pair", id: "other", nominated: true, localCandidateId: "H" },
    { type: "candidate-pair", id: "P", localCandidateId: "L", currentRoundTripTime: 0.05 },
    { type: "local-candidate", id: "L", candidateType: "relay" },
    { type: "local-candidate", id: "H", candidateType: "host" },
    "noise",
  ];
  expect(sampleOf(entries, 7)).toEqual({
    at: 7,
    audioIn: { packets: 10, lost: 1, frames: 0 },
    videoIn: { packets: 20, lost: 0, frames: 5 },
    audioOut: { packets: 11, lost: 0, frames: 0 },
    videoOut: { packets: 21, lost: 0, frames: 6 },
    missedThere: 0.25,
    roundTrip: 50,
    jitter: 20,
    microphoneEnergy: 0.5,
    path: "relay",
  });
});
