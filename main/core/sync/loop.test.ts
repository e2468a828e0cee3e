import { describe, expect, it } from "vitest";
import type { Failure } from "../failure.ts";
import { manualClock, seededRandom } from "../fake-platform.ts";
import { createSyncLoop, decideSync } from "./loop.ts";

const facts = { attempt: 1, fraction: 0, hasForgotten: false, hasToken: true };
const rejected: Failure = { kind: "rejected", status: 400, errcode: "M_UNKNOWN", message: "" };

describe("after a failed sync", () => {
  it.each<[string, Failure, Partial<typeof facts>, object]>([
    ["no connection: again in a second", { kind: "offline", message: "" }, {}, { do: "wait", ms: 1000 }],
    [
      "no connection for long: never more than four seconds",
      { kind: "offline", message: "" },
      { attempt: 50 },
      { do: "wait", ms: 4000 },
    ],
    [
      "a broken server is given more time",
      { kind: "unavailable", message: "" },
      { attempt: 50 },
      { do: "wait", ms: 60_000 },
    ],
    [
      "limited: exactly as told",
      { kind: "limited", retryAfterMs: 3210, message: "" },
      {},
      { do: "wait", ms: 3210 },
    ],
    ["the token is gone", { kind: "unauthorized", message: "" }, {}, { do: "sign-out" }],
    [
      "the disk refuses: stop and say so",
      { kind: "storage", problem: "full", message: "" },
      {},
      { do: "stop" },
    ],
    ["a bug: stop and say so", { kind: "bug", message: "" }, {}, { do: "stop" }],
    ["refused: first suspect the filter", rejected, {}, { do: "forget-filter" }],
    ["refused again: then the sync token", rejected, { hasForgotten: true }, { do: "drop-token" }],
    [
      "refused without a token: ask now and then",
      rejected,
      { hasForgotten: true, hasToken: false },
      { do: "wait" },
    ],
    ["HTML where JSON should be: wait", { kind: "malformed", message: "" }, {}, { do: "wait", ms: 1000 }],
  ])("%s", (_situation, failure, more, expected) => {
    expect(decideSync(failure, { ...facts, ...more })).toMatchObject(expected);
  });
});

it("does not spin when a server answers every poll at once and without news", async () => {
  const clock = manualClock();
  let token: string | null = null;
  let asked = 0;
  const loop = createSyncLoop({
    source: {
      next: () => {
        asked += 1;
        return Promise.resolve({ ok: true, value: { next_batch: "same" } });
      },
      forget: () => {},
    },
    clock,
    random: seededRandom(),
    log: () => {},
    loadToken: () => token,
    dropToken: () => {},
    prepare: (update) => Promise.resolve(update),
    apply: (update) => {
      token = update.nextBatch;
      return Promise.resolve();
    },
    onState: () => {},
    onSynced: () => {},
    onUnauthorized: () => {},
  });
  loop.start();
  await clock.advance(10_000);
  expect(asked).toBeGreaterThan(5);
  expect(asked).toBeLessThan(15);
  await loop.stop();
});
