import { describe, expect, it } from "vitest";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import {
  decide,
  decideNext,
  delayAfterSync,
  provesRefusal,
  RECOGNISED_FOR_MS,
  RETRY_WINDOW_MS,
  STALE_AFTER_MS,
  type Candidate,
  type Decision,
  type Effort,
} from "./decide.ts";

const aFailure = (kind: Failure["kind"], more: Partial<Failure> = {}): Failure => ({
  kind,
  message: kind,
  ...more,
});
const anEffort = (parts: Partial<Effort> = {}): Effort => ({
  failingMs: 0,
  waitedMs: 0,
  attemptMs: 0,
  run: 1,
  ...parts,
});
const gaveUp = (failure: Failure): Decision => ({
  do: "park",
  reason: { code: "gave-up", failure },
  lane: "waits",
});
const refused = (failure: Failure): Decision => ({
  do: "park",
  reason: { code: "rejected", failure },
  lane: "goes-on",
});

describe("what follows from a failed attempt", () => {
  const kinds: Record<Failure["kind"], (failure: Failure) => Decision> = {
    offline: () => ({ do: "wait", delayMs: 1000, failingMs: 0 }),
    certificate: () => ({ do: "wait", delayMs: 1000, failingMs: 0 }),
    timeout: () => ({ do: "wait", delayMs: 1000, failingMs: 500 }),
    unavailable: () => ({ do: "wait", delayMs: 1000, failingMs: 500 }),
    malformed: () => ({ do: "wait", delayMs: 1000, failingMs: 500 }),
    limited: () => ({ do: "hold", delayMs: 1000 }),
    unauthorized: () => ({ do: "stop" }),
    rejected: refused,
    invalid: refused,
    aborted: () => ({ do: "keep" }),
    storage: gaveUp,
    bug: gaveUp,
  };
  it.each(Object.entries(kinds))("%s", (kind, expected) => {
    const failure = aFailure(kind as Failure["kind"]);
    expect(decide(failure, anEffort({ attemptMs: 500 }), 0)).toEqual(expected(failure));
  });

  it("waits exactly as long as a rate limit says, without jitter", () => {
    const said = aFailure("limited", { retryAfterMs: 3217 });
    expect(decide(said, anEffort({ run: 9 }), 0.99)).toEqual({ do: "hold", delayMs: 3217 });
  });
  it("backs off by itself when a rate limit says nothing, or zero", () => {
    for (const failure of [aFailure("limited"), aFailure("limited", { retryAfterMs: 0 })]) {
      expect(decide(failure, anEffort({ run: 4 }), 0)).toEqual({ do: "hold", delayMs: 8000 });
    }
  });
  it("begins the count anew after a time without connection", () => {
    const effort = anEffort({ failingMs: 299_000, waitedMs: 1000 });
    expect(decide(aFailure("offline"), effort, 0)).toMatchObject({ do: "wait", failingMs: 0 });
  });
});

describe("the five minutes", () => {
  /** Plays a lane whose every attempt takes so long and fails; gives the times at which attempts begin. */
  function attemptTimes(attemptMs: number, fraction: number): number[] {
    const times: number[] = [];
    let now = 0;
    let effort = anEffort({ attemptMs });
    for (;;) {
      times.push(now);
      now += attemptMs;
      const decision = decide(aFailure("unavailable"), effort, fraction);
      if (decision.do !== "wait") {
        expect(decision).toEqual(gaveUp(aFailure("unavailable")));
        return times;
      }
      now += decision.delayMs;
      effort = {
        attemptMs,
        failingMs: decision.failingMs,
        waitedMs: decision.delayMs,
        run: effort.run + 1,
      };
    }
  }

  it.each([
    [0, 0],
    [40, 0.5],
    [30_000, 0],
    [30_000, 0.99],
    [0, 0.99],
  ])("has its last attempt at 5:00 at the latest (attempts of %d ms, chance %d)", (attemptMs, fraction) => {
    const times = attemptTimes(attemptMs, fraction);
    expect(times.at(-1)).toBeLessThanOrEqual(RETRY_WINDOW_MS);
    expect(times.at(-1)).toBeGreaterThan(RETRY_WINDOW_MS - 60_000);
  });
  it("has growing intervals", () => {
    const times = attemptTimes(0, 0);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(gaps.slice(0, 6)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000]);
  });
  it("does not take a night's sleep during an attempt for failing", () => {
    const decision = decide(aFailure("timeout"), anEffort({ attemptMs: 8 * 3_600_000 }), 0);
    expect(decision).toMatchObject({ do: "wait", failingMs: 120_000 });
  });
});

describe("may the first row of a lane go", () => {
  const aRow = (parts: Partial<Candidate> = {}): Candidate => ({
    isReadable: true,
    isTargetMissing: false,
    isPlainInEncryptedRoom: false,
    mayHaveArrived: false,
    isOtherDevice: false,
    attemptedMs: 0,
    waitedMs: 0,
    ...parts,
  });
  const cases: [string, Candidate, unknown][] = [
    ["an ordinary one goes", aRow(), { do: "send" }],
    [
      "plain text does not go into a room that is encrypted, however often it was tried before",
      aRow({ isPlainInEncryptedRoom: true, mayHaveArrived: true, waitedMs: STALE_AFTER_MS + 1 }),
      {
        do: "park",
        reason: { code: "rejected", failure: { kind: "invalid", message: "room-encrypted" } },
        lane: "goes-on",
      },
    ],
    ["a repeat from the same device goes", aRow({ mayHaveArrived: true }), { do: "send" }],
    ["another device's that cannot have arrived goes", aRow({ isOtherDevice: true }), { do: "send" }],
    [
      "another device's that may have arrived asks",
      aRow({ mayHaveArrived: true, isOtherDevice: true }),
      { do: "park", reason: { code: "uncertain" }, lane: "waits" },
    ],
    ["24 hours are not too long", aRow({ waitedMs: STALE_AFTER_MS }), { do: "send" }],
    [
      "more than 24 hours asks for the whole lane",
      aRow({ waitedMs: STALE_AFTER_MS + 1 }),
      { do: "park", reason: { code: "waited-too-long" }, lane: "waits" },
    ],
    [
      "one that the server has forgotten by now, if it came there, asks",
      aRow({ attemptedMs: RECOGNISED_FOR_MS + 1, mayHaveArrived: true }),
      { do: "park", reason: { code: "uncertain" }, lane: "waits" },
    ],
    [
      "one that speaks of a message that has not gone out waits with that one",
      aRow({ isTargetMissing: true }),
      { do: "park", reason: { code: "behind" }, lane: "goes-on" },
    ],
    [
      "an unreadable one lets the others pass",
      aRow({ isReadable: false, waitedMs: STALE_AFTER_MS + 1 }),
      { do: "park", reason: { code: "unreadable" }, lane: "goes-on" },
    ],
  ];
  it.each(cases)("%s", (_, row, expected) => {
    expect(decideNext(row)).toEqual(expected);
  });
});

it("takes a message for not arrived only after failures that prove it", () => {
  const proofs: Record<Failure["kind"], boolean> = {
    ...{ offline: true, certificate: true, limited: true, unauthorized: true, rejected: true, invalid: true },
    ...{ timeout: false, unavailable: false, malformed: false, aborted: false, storage: false, bug: false },
  };
  for (const [kind, isProof] of Object.entries(proofs)) {
    expect([kind, provesRefusal(aFailure(kind as Failure["kind"]))]).toEqual([kind, isProof]);
  }
});

describe("a sync that succeeds while a lane waits", () => {
  it("wakes it at once where there was no connection", () => {
    expect(delayAfterSync(aFailure("offline"), 4000, 10)).toBe(0);
    expect(delayAfterSync(aFailure("certificate"), 60_000, 10)).toBe(0);
  });
  it("leaves a quarter of the wait where the server fails to take messages", () => {
    expect(delayAfterSync(aFailure("unavailable"), 40_000, 1000)).toBe(9000);
    expect(delayAfterSync(aFailure("unavailable"), 40_000, 10_000)).toBe(0);
  });
});
