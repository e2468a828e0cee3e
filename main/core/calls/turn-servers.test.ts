import { beforeEach, describe, expect, test } from "vitest";
import { failed, ok, type Result } from "../failure.ts";
import { manualClock, seededRandom, type ManualClock } from "../fake-platform.ts";
import { createTurnServers, type TurnServer, type TurnServers } from "./turn-servers.ts";

let clock: ManualClock;
let asked: number[];
let answers: Result<TurnServer | null>[];
let renewed: number;
let allowsStun: boolean;
let turn: TurnServers;
beforeEach(() => {
  clock = manualClock();
  [asked, answers, renewed, allowsStun] = [[], [], 0, false];
  turn = createTurnServers({
    clock,
    random: seededRandom(),
    fetch: () => {
      asked.push(clock.monotonic());
      return Promise.resolve(answers.shift() ?? ok(server("again")));
    },
    allowsPublicStun: () => allowsStun,
    onRenewed: () => void (renewed += 1),
  });
});

const HOUR = 3_600_000;
const server = (username: string, ttlMs = HOUR): TurnServer => ({
  username,
  password: "p",
  uris: ["turn:turn.x?transport=udp", "turns:turn.x"],
  ttlMs,
});
const start = async (...first: Result<TurnServer | null>[]): Promise<void> => {
  answers = first;
  turn.start();
  await clock.advance(0);
};
const offline = failed({ kind: "offline", message: "" } as const);

describe("credentials (VOIP-28)", () => {
  test("are there before the first call, as WebRTC wants them", async () => {
    await start(ok(server("u1")));
    expect(turn.current()).toEqual([
      { urls: ["turn:turn.x?transport=udp", "turns:turn.x"], username: "u1", credential: "p" },
    ]);
  });

  test.each([
    ["an hour", HOUR, 0.8 * HOUR],
    ["half a minute", 30_000, 24_000],
    ["a week", 7 * 24 * HOUR, 12 * HOUR],
  ])("that live %s are renewed before they are over", async (_span, ttlMs, after) => {
    await start(ok(server("u1", ttlMs)), ok(server("u2", ttlMs)));
    await clock.advance(after - 1);
    expect(asked).toHaveLength(1);
    expect(turn.current()[0]?.username).toBe("u1");
    await clock.advance(1);
    expect(turn.current()[0]?.username).toBe("u2");
    expect(renewed).toBe(2);
  });

  test("that live no time at all do not make us ask without end", async () => {
    await start(...Array.from({ length: 50 }, (_, i) => ok(server(`u${i}`, 1))));
    await clock.advance(60_000);
    expect(asked.length).toBeLessThanOrEqual(7);
  });

  test("that came again unchanged are no news", async () => {
    await start(ok(server("u1")), ok(server("u1")));
    await clock.advance(HOUR);
    expect([asked.length, renewed]).toEqual([2, 1]);
  });

  test("that could not be renewed serve until their end, then no call uses them", async () => {
    await start(ok(server("u1")), ...Array.from({ length: 500 }, () => offline));
    await clock.advance(HOUR - 1);
    expect(turn.current()).toHaveLength(1);
    await clock.advance(1);
    expect(turn.current()).toEqual([]);
    answers = [];
    await clock.advance(60_000);
    expect(turn.current()[0]?.username).toBe("again");
  });
});

describe("a homeserver without TURN", () => {
  test.each([
    ["says so", ok(null)],
    ["names no servers", ok({ ...server("u"), uris: [] })],
  ])("%s: nothing is used, and it is asked again some time", async (_how, answer) => {
    await start(answer);
    expect(turn.current()).toEqual([]);
    await clock.advance(HOUR);
    expect(asked).toHaveLength(2);
    expect(turn.current()).toHaveLength(1);
  });

  test("a public STUN server is asked only where the user allows it, and never beside the homeserver's own", async () => {
    allowsStun = true;
    await start(ok(null));
    expect(turn.current()).toEqual([{ urls: ["stun:turn.matrix.org:3478"] }]);
    await clock.advance(HOUR);
    expect(turn.current()).toMatchObject([{ username: "again" }]);
  });
});

describe("a call", () => {
  test("does not wait where they are known", async () => {
    await start(ok(null));
    let isReady = false;
    void turn.ready(1_500).then(() => (isReady = true));
    await clock.advance(0);
    expect(isReady).toBe(true);
  });

  test("waits for the first answer, and not for ever", async () => {
    let ready = 0;
    void turn.ready(1_500).then(() => (ready += 1));
    await clock.advance(1_499);
    expect(ready).toBe(0);
    await clock.advance(1);
    expect(ready).toBe(1);
    void turn.ready(1_500).then(() => (ready += 1));
    await start(ok(server("u1")));
    expect(ready).toBe(2);
    expect(turn.current()).toHaveLength(1);
  });
});

test("stopped, it asks no more", async () => {
  await start(ok(server("u1")));
  turn.stop();
  await clock.advance(2 * HOUR);
  expect(asked).toHaveLength(1);
});
