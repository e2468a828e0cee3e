import { beforeEach, describe, expect, test } from "vitest";
import type { CallId, EventId, TransactionId } from "../../../preload/contract/ids.ts";
import { failed, ok, type Failure, type Result } from "../failure.ts";
import { manualClock, seededRandom, type ManualClock } from "../fake-platform.ts";
import { createLane, type Lane, type LaneDeps } from "./lane.ts";
import type { Signal } from "./state.ts";

const [A, B] = ["A", "B"] as readonly string[] as readonly [CallId, CallId];
const offline: Failure = { kind: "offline", message: "no network" };
const forbidden: Failure = { kind: "rejected", status: 403, errcode: "M_FORBIDDEN", message: "no" };

interface Request {
  readonly what: string;
  readonly transactionId: TransactionId;
  readonly signal: AbortSignal;
  readonly answer: (result: Result<{ readonly eventId: EventId }>) => void;
}

let clock: ManualClock;
let requests: Request[];
let log: string[];
let maySend: boolean;
let lane: Lane;
beforeEach(() => {
  clock = manualClock();
  [requests, log, maySend] = [[], [], true];
  const deps: LaneDeps = {
    clock,
    random: seededRandom(),
    put: ({ eventType, content, transactionId }, signal) =>
      new Promise((answer) => {
        const what = `${eventType.slice("m.call.".length)} ${String(content["call_id"])}`;
        requests.push({ what, transactionId, signal, answer });
        signal.addEventListener("abort", () => answer(failed({ kind: "aborted", message: "" })));
      }),
    maySend: () => maySend,
    onHandedOff: ({ signal }) => log.push(`handed ${signal.kind}`),
    onUnsendable: ({ signal }, failure) =>
      log.push(`unsendable ${signal.kind} ${failure?.kind ?? "expired"}`),
    onCallDone: (callId) => log.push(`done ${callId}`),
    onUnauthorized: ({ kind }) => log.push(kind),
  };
  lane = createLane(deps);
});

const reject: Signal = { kind: "reject" };
const hangup: Signal = { kind: "hangup", reason: "user_hangup" };
const candidates: Signal = { kind: "candidates", candidates: [] };
function enqueue(callId: CallId, signal: Signal, forMs = 60_000): void {
  const expiresAt = clock.monotonic() + forMs;
  lane.enqueue({ callId, partyId: "p", version: 1, expiresAt, signal });
}
const whats = () => requests.map(({ what }) => what);
const settle = () => clock.advance(0);
async function answer(
  result: Result<{ eventId: EventId }> = ok({ eventId: "$1" as EventId }),
): Promise<void> {
  requests.at(-1)?.answer(result);
  await settle();
}

test("one after the other: order is meaning", async () => {
  enqueue(A, candidates);
  enqueue(A, hangup);
  await settle();
  expect(whats()).toEqual(["candidates A"]);
  await answer();
  expect(whats()).toEqual(["candidates A", "hangup A"]);
  await answer();
  expect(log).toEqual(["handed candidates", "handed hangup", "done A"]);
});

test("a lost request is tried again under the same transaction id, and handed off once", async () => {
  enqueue(A, reject);
  await settle();
  await answer(failed(offline));
  await clock.advance(4_000);
  expect(requests).toHaveLength(2);
  expect(requests[1]?.transactionId).toBe(requests[0]?.transactionId);
  expect(log).toEqual(["handed reject"]);
});

test("between attempts it never waits longer than some seconds, unless the server says so", async () => {
  enqueue(A, reject);
  for (let attempt = 1; attempt <= 6; attempt++) {
    await settle();
    await answer(failed({ kind: "unavailable", status: 503, message: "" }));
    expect(clock.nextIn()).toBeLessThanOrEqual(4_000);
    await clock.advance(4_000);
  }
  await answer(failed({ kind: "limited", retryAfterMs: 9_000, message: "" }));
  expect(clock.nextIn()).toBe(9_000);
});

test("the network is back: it does not wait for its next attempt", async () => {
  enqueue(A, reject);
  await settle();
  await answer(failed(offline));
  lane.wake();
  await settle();
  expect(requests).toHaveLength(2);
});

describe("expiry (VOIP-25)", () => {
  test("what could not be handed over in time is not sent any more", async () => {
    enqueue(A, candidates);
    enqueue(A, hangup, 5_000);
    await settle();
    await clock.advance(5_001);
    await answer();
    expect(whats()).toEqual(["candidates A"]);
    expect(log).toEqual(["handed candidates", "unsendable hangup expired", "done A"]);
  });

  test("a request that hangs is given up at its end, and what follows goes on", async () => {
    enqueue(A, candidates, 5_000);
    enqueue(A, hangup);
    await settle();
    await clock.advance(5_000);
    expect(requests[0]?.signal.aborted).toBe(true);
    expect(log).toContain("unsendable candidates expired");
    expect(whats()).toEqual(["candidates A", "hangup A"]);
  });

  test("retries end with it", async () => {
    enqueue(A, reject, 10_000);
    for (let passed = 0; passed < 20_000; passed += 4_000) {
      await settle();
      if (requests.length > 0) await answer(failed(offline));
      await clock.advance(4_000);
    }
    expect(log.at(-2)).toBe("unsendable reject expired");
    expect(clock.pending).toBe(0);
  });
});

describe("refused", () => {
  test("for good: it is told with the reason and not tried again", async () => {
    enqueue(A, reject);
    await settle();
    await answer(failed(forbidden));
    expect(log).toEqual(["handed reject", "unsendable reject rejected", "done A"]);
    expect(clock.pending).toBe(0);
  });

  test("because the token is over: the session hears of it too", async () => {
    enqueue(A, reject);
    await settle();
    await answer(failed({ kind: "unauthorized", soft: true, message: "" }));
    expect(log).toContain("unauthorized");
  });

  test("where we may not speak any more nothing is handed off at all", async () => {
    maySend = false;
    enqueue(A, reject);
    await settle();
    expect([requests, log]).toEqual([[], ["unsendable reject expired", "done A"]]);
  });
});

describe("cancelled", () => {
  test("before it was handed over: it never leaves, and nobody is told", async () => {
    enqueue(A, candidates);
    lane.cancel(A);
    await settle();
    expect([requests, log, lane.has(A)]).toEqual([[], [], false]);
  });

  test("of this call only", async () => {
    enqueue(A, candidates);
    enqueue(B, candidates);
    lane.cancel(A);
    await settle();
    expect(whats()).toEqual(["candidates B"]);
  });

  test("under way: it is finished but not tried again, and its hangup follows", async () => {
    enqueue(A, candidates);
    await settle();
    lane.cancel(A);
    enqueue(A, hangup);
    await answer(failed(offline));
    await clock.advance(4_000);
    expect(whats()).toEqual(["candidates A", "hangup A"]);
  });

  test("under way and the end of a call: it is tried until it is out", async () => {
    enqueue(A, hangup);
    await settle();
    lane.cancel(A);
    await answer(failed(offline));
    await clock.advance(4_000);
    expect(whats()).toEqual(["hangup A", "hangup A"]);
  });
});

test("knows its own events by transaction and by event id", async () => {
  enqueue(A, reject);
  await settle();
  const [request] = requests;
  expect(lane.isOwn("$other" as EventId, request?.transactionId ?? null)).toBe(true);
  expect(lane.isOwn("$1" as EventId, null)).toBe(false);
  await answer();
  expect(lane.isOwn("$1" as EventId, null)).toBe(true);
});

test("stopped: what is under way is aborted, nothing follows and no timer is left", async () => {
  enqueue(A, candidates);
  enqueue(A, hangup);
  await settle();
  lane.stop();
  await settle();
  expect(requests[0]?.signal.aborted).toBe(true);
  expect(whats()).toEqual(["candidates A"]);
  expect(clock.pending).toBe(0);
});
