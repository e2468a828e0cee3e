import { describe, expect, it, vi } from "vitest";
import type { DeviceId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import { FailureError } from "../failure.ts";
import { failure, Rig, roomA, roomB } from "./sending-rig.ts";

const started = (): Rig => {
  const rig = new Rig();
  rig.sending.start();
  return rig;
};
const rooms = (n: number): RoomId[] => Array.from({ length: n }, (_, i) => `!${i}:dunlin.test` as RoomId);
const HOUR = 3_600_000;

/** Fails every request at once for so long. */
async function failFor(rig: Rig, ms: number, kind: "unavailable" | "offline" = "unavailable"): Promise<void> {
  const end = rig.clock.monotonic() + ms;
  for (;;) {
    for (const put of rig.open()) await put.fail(failure(kind));
    if (rig.clock.monotonic() >= end) return;
    await rig.clock.advance(Math.min(rig.clock.nextIn() ?? ms, end - rig.clock.monotonic()));
  }
}

describe("a room's lane", () => {
  it("has one request in flight and keeps the order typed", async () => {
    const rig = started();
    rig.type(roomA, "1", "2", "3");
    expect(rig.bodies()).toEqual(["1"]);
    await rig.puts[0]!.accept();
    expect(rig.bodies()).toEqual(["1", "2"]);
    expect(rig.states(roomA)).toEqual(["1:sent", "2:sending", "3:queued"]);
    await rig.puts[1]!.accept();
    await rig.puts[2]!.accept();
    expect(rig.states(roomA)).toEqual(["1:sent", "2:sent", "3:sent"]);
    expect(rig.bodies()).toEqual(["1", "2", "3"]);
  });

  it("does not hold up another room", async () => {
    const rig = started();
    rig.type(roomA, "hangs");
    rig.type(roomB, "goes");
    expect(rig.bodies()).toEqual(["hangs", "goes"]);
    await rig.puts[1]!.accept();
    expect(rig.states(roomB)).toEqual(["goes:sent"]);
    expect(rig.states(roomA)).toEqual(["hangs:sending"]);
  });

  it("shares the wire with three others; the fifth room waits for the first to end", async () => {
    const rig = started();
    for (const roomId of rooms(5)) rig.type(roomId, `in ${roomId}`);
    expect(rig.puts).toHaveLength(4);
    await rig.puts[2]!.accept();
    expect(rig.puts).toHaveLength(5);
  });

  it("is the same message when the composer repeats its request, at any time", async () => {
    const rig = started();
    const message = {
      roomId: roomA,
      transactionId: "transaction-1" as TransactionId,
      content: { msgtype: "m.text", body: "once" },
    } as const;
    const first = rig.sending.enqueue(message);
    await rig.clock.advance(1000);
    expect(rig.sending.enqueue(message)).toEqual(first);
    await rig.puts[0]!.accept("$1");
    expect(rig.sending.enqueue(message)).toEqual(first);
    await rig.echo(rig.puts[0]!, "$1");
    expect(rig.sending.enqueue(message)).toEqual(first);
    expect(rig.puts).toHaveLength(1);
    expect(rig.sending.rows(roomA)).toEqual([]);
  });
});

describe("the echo", () => {
  it("ends a message whose answer is lost, and its lane goes on", async () => {
    const rig = started();
    rig.type(roomA, "1", "2");
    await rig.echo(rig.puts[0]!, "$1");
    expect(rig.states(roomA)).toEqual(["2:queued"]);
    expect(rig.bodies()).toEqual(["1"]);
    await rig.clock.advance(2000);
    expect(rig.puts[0]!.isAborted()).toBe(true);
    expect(rig.bodies()).toEqual(["1", "2"]);
  });

  it("ends the retries of a message that had arrived", async () => {
    const rig = started();
    rig.type(roomA, "1");
    await rig.puts[0]!.fail(failure("timeout"));
    await rig.echo(rig.puts[0]!, "$1");
    await rig.clock.advance(HOUR);
    expect(rig.bodies()).toEqual(["1"]);
    expect(rig.sending.rows(roomA)).toEqual([]);
  });

  it("without a transaction id ends it as soon as the answer names the event", async () => {
    const rig = started();
    rig.type(roomA, "1");
    await rig.echo(rig.puts[0]!, "$1", null);
    expect(rig.states(roomA)).toEqual(["1:sending"]);
    await rig.puts[0]!.accept("$1");
    expect(rig.states(roomA)).toEqual([]);
  });

  it("of another person's event under our transaction id settles nothing", async () => {
    const rig = started();
    const [transactionId] = rig.type(roomA, "1");
    const foreign = { ...rig.puts[0]!, roomId: roomB };
    await rig.echo(foreign, "$x", transactionId);
    expect(rig.states(roomA)).toEqual(["1:sending"]);
  });

  it("that a gap has swallowed is not waited for", async () => {
    const rig = started();
    rig.openGap(roomA);
    rig.type(roomA, "1");
    await rig.puts[0]!.accept();
    rig.sending.wake("synced");
    rig.sending.wake("synced");
    expect(rig.states(roomA)).toEqual(["1:sent"]);
    rig.openGap(roomA);
    rig.sending.wake("synced");
    // The response that opened the gap may be older than the message: it stays on screen until the next one.
    expect(rig.states(roomA)).toEqual(["1:sent"]);
    rig.sending.wake("synced");
    expect(rig.states(roomA)).toEqual([]);
  });
});

describe("a server that fails", () => {
  it("is asked at growing intervals, for five minutes, and then no more", async () => {
    const rig = started();
    rig.type(roomA, "1", "2");
    await failFor(rig, 2 * HOUR);
    const times = rig.puts.map(({ at }) => at);
    const gaps = times.slice(1).map((at, i) => at - times[i]!);
    expect(gaps.slice(1, 6).every((gap, i) => gap > gaps[i]!)).toBe(true);
    expect(times.at(-1)).toBeGreaterThan(240_000);
    expect(times.at(-1)).toBeLessThanOrEqual(300_000);
    expect(new Set(rig.bodies())).toEqual(new Set(["1"]));
    expect(rig.states(roomA)).toEqual(["1:unsent gave-up", "2:unsent behind"]);
    expect(rig.sending.unsentCount(roomA)).toBe(2);
  });

  it("leaves the room unsent over a restart; one Retry on any message sends all of it, in order", async () => {
    const before = started();
    before.type(roomA, "1", "2");
    await failFor(before, 310_000);
    const rig = before.restarted();
    rig.sending.start();
    const [third] = rig.type(roomA, "3");
    await rig.clock.advance(HOUR);
    expect(rig.puts).toEqual([]);
    expect(rig.states(roomA)).toEqual(["1:unsent gave-up", "2:unsent behind", "3:unsent behind"]);
    rig.sending.retry({ roomId: roomA, transactionId: third! });
    for (let i = 0; i < 3; i++) await rig.puts[i]!.accept();
    expect(rig.bodies()).toEqual(["1", "2", "3"]);
    expect(rig.puts[0]!.transactionId).toBe(before.puts[0]!.transactionId);
    expect(rig.sending.unsentCount(roomA)).toBe(0);
  });

  it("gets the whole window again after Retry", async () => {
    const rig = started();
    const [transactionId] = rig.type(roomA, "1");
    await failFor(rig, 310_000);
    rig.sending.retry({ roomId: roomA, transactionId: transactionId! });
    const again = rig.clock.monotonic();
    await failFor(rig, HOUR);
    expect(rig.puts.at(-1)!.at - again).toBeGreaterThan(240_000);
    expect(rig.puts.at(-1)!.at - again).toBeLessThanOrEqual(300_000);
  });

  it("does not use up the window while there is no connection, or while the app is closed", async () => {
    const before = started();
    before.type(roomA, "1");
    await failFor(before, 200_000);
    const rig = before.restarted();
    await rig.clock.advance(5 * HOUR);
    rig.sending.start();
    await failFor(rig, HOUR, "offline");
    expect(rig.states(roomA)).toEqual(["1:queued"]);
    rig.sending.wake("network");
    await rig.open()[0]!.accept();
    expect(rig.states(roomA)).toEqual(["1:sent"]);
  });

  it("is asked again soon after a sync has succeeded, but not at every sync", async () => {
    const rig = started();
    rig.type(roomA, "1");
    await failFor(rig, 60_000);
    const asked = rig.puts.length;
    await rig.clock.advance(10);
    for (let i = 0; i < 50; i++) rig.sending.wake("synced");
    expect(rig.puts.length).toBe(asked);
    await rig.clock.advance(16_000);
    expect(rig.puts.length).toBe(asked + 1);
  });
});

describe("without a connection", () => {
  it("messages wait, and leave in order as soon as the network is back", async () => {
    const rig = started();
    rig.type(roomA, "1", "2", "3", "4", "5");
    await failFor(rig, 60_000, "offline");
    rig.sending.wake("network");
    for (const expected of ["1", "2", "3", "4", "5"]) {
      expect(rig.open().map(({ body }) => body)).toEqual([expected]);
      await rig.open()[0]!.accept();
    }
  });

  it("messages leave as soon as a sync succeeds", async () => {
    const rig = started();
    rig.type(roomA, "1");
    await failFor(rig, 60_000, "offline");
    rig.sending.wake("synced");
    expect(rig.open()).toHaveLength(1);
  });

  it("a request from before is given up when the network is back, and repeated", async () => {
    const rig = started();
    rig.type(roomA, "1");
    await rig.clock.advance(10_000);
    rig.sending.wake("network");
    await rig.clock.advance(0);
    expect(rig.puts[0]!.isAborted()).toBe(true);
    expect(rig.puts.map(({ transactionId }) => transactionId)).toEqual([
      rig.puts[0]!.transactionId,
      rig.puts[0]!.transactionId,
    ]);
  });

  it("messages typed and the app closed: all go at the next start, in order", async () => {
    const before = new Rig();
    before.type(roomA, "1", "2");
    before.type(roomB, "3");
    const rig = before.restarted();
    rig.sending.start();
    expect(rig.bodies()).toEqual(["1", "3"]);
    await rig.puts[0]!.accept();
    await rig.puts[1]!.accept();
    expect(rig.bodies()).toEqual(["1", "3", "2"]);
  });

  it("for more than a day, it asks once for the whole room", async () => {
    const before = new Rig();
    const [first] = before.type(roomA, "1");
    await before.clock.advance(25 * HOUR);
    before.type(roomA, "2");
    const rig = before.restarted();
    rig.sending.start();
    await rig.clock.advance(HOUR);
    expect(rig.puts).toEqual([]);
    expect(rig.states(roomA)).toEqual(["1:unsent waited-too-long", "2:unsent behind"]);
    rig.sending.retry({ roomId: roomA, transactionId: first! });
    await rig.puts[0]!.accept();
    await rig.puts[1]!.accept();
    expect(rig.bodies()).toEqual(["1", "2"]);
  });
});

describe("a rate limit", () => {
  it("holds all rooms exactly as long as said, whatever else happens", async () => {
    const rig = started();
    rig.type(roomA, "1", "2");
    await rig.puts[0]!.fail(failure("limited", { retryAfterMs: 3000 }));
    rig.type(roomB, "other room");
    rig.sending.wake("network");
    rig.sending.wake("synced");
    await rig.clock.advance(2999);
    expect(rig.bodies()).toEqual(["1"]);
    await rig.clock.advance(1);
    expect(rig.bodies()).toEqual(["1", "1", "other room"]);
    expect(rig.states(roomA)).toEqual(["1:sending", "2:queued"]);
  });

  it("never makes a message unsent, however long it lasts", async () => {
    const rig = started();
    rig.type(roomA, "1");
    for (let i = 0; i < 200; i++) {
      await rig.open()[0]!.fail(failure("limited", { retryAfterMs: 60_000 }));
      await rig.clock.advance(60_000);
    }
    await rig.open()[0]!.accept();
    expect(rig.states(roomA)).toEqual(["1:sent"]);
  });
});

describe("a refusal", () => {
  it.each([400, 403, 404, 413])(
    "with %d is asked once, says why, and the next message goes",
    async (status) => {
      const rig = started();
      rig.type(roomA, "refused", "next");
      const reason = failure("rejected", { status, errcode: "M_FORBIDDEN" });
      await rig.puts[0]!.fail(reason);
      await rig.puts[1]!.accept();
      await rig.clock.advance(HOUR);
      expect(rig.bodies()).toEqual(["refused", "next"]);
      expect(rig.sending.rows(roomA)[0]!.send).toEqual({
        state: "unsent",
        reason: { code: "rejected", failure: reason },
      });
    },
  );

  it("of the session stops all rooms and keeps every message until the next start", async () => {
    const rig = started();
    rig.type(roomA, "1");
    rig.type(roomB, "2");
    const reason = failure("unauthorized", { soft: true });
    await rig.puts[0]!.fail(reason);
    await rig.puts[1]!.fail(reason);
    await rig.clock.advance(HOUR);
    rig.type(roomA, "3");
    expect(rig.bodies()).toEqual(["1", "2"]);
    expect(rig.unauthorized).toEqual([reason]);
    rig.sending.start();
    expect(rig.bodies()).toEqual(["1", "2", "1", "2"]);
    expect(rig.states(roomA)).toEqual(["1:sending", "3:queued"]);
  });
});

describe("another session", () => {
  it("asks about what may have arrived from the old device, and sends the rest of the room behind it", async () => {
    const before = started();
    const [first] = before.type(roomA, "1", "2");
    before.type(roomB, "never attempted before");
    await before.puts[0]!.fail(failure("timeout"));
    const rig = before.restarted();
    rig.session = { ...rig.session!, deviceId: "SECOND" as DeviceId };
    rig.sending.start();
    expect(rig.states(roomA)).toEqual(["1:unsent uncertain", "2:unsent behind"]);
    rig.sending.retry({ roomId: roomA, transactionId: first! });
    expect(rig.puts.filter(({ roomId }) => roomId === roomA).map(({ body }) => body)).toEqual(["1"]);
  });

  it("sends what cannot have arrived without asking", async () => {
    const before = started();
    before.type(roomA, "1");
    await failFor(before, 10_000, "offline");
    const rig = before.restarted();
    rig.session = { ...rig.session!, deviceId: "SECOND" as DeviceId };
    rig.sending.start();
    expect(rig.bodies()).toEqual(["1"]);
  });

  it("of nobody shows nothing, takes nothing and sends nothing", () => {
    const rig = new Rig();
    rig.type(roomA, "1");
    rig.session = null;
    rig.sending.start();
    expect(rig.puts).toEqual([]);
    expect(rig.sending.rows(roomA)).toEqual([]);
    expect(rig.sending.outbox()).toEqual([]);
    expect(() => rig.type(roomA, "2")).toThrow(FailureError);
  });
});

describe("the user's hand", () => {
  it("deletes a queued message: nothing of it on the wire, the others unaffected", async () => {
    const rig = started();
    const [, second] = rig.type(roomA, "1", "2", "3");
    expect(rig.sending.remove({ roomId: roomA, transactionId: second! })).toEqual({ isDeleted: true });
    expect(rig.sending.remove({ roomId: roomA, transactionId: second! })).toEqual({ isDeleted: true });
    await rig.puts[0]!.accept();
    await rig.puts[1]!.accept();
    expect(rig.bodies()).toEqual(["1", "3"]);
  });

  it("deletes a message that only ever met a dead network", async () => {
    const rig = started();
    const [first] = rig.type(roomA, "1");
    await failFor(rig, 10_000, "offline");
    await rig.clock.advance(0);
    expect(rig.sending.remove({ roomId: roomA, transactionId: first! })).toEqual({ isDeleted: true });
    await rig.clock.advance(HOUR);
    expect(rig.sending.rows(roomA)).toEqual([]);
    expect(rig.open()).toEqual([]);
  });

  it("is too late once the message is on the wire, answered, or may have arrived", async () => {
    const rig = started();
    const [first] = rig.type(roomA, "1");
    const row = { roomId: roomA, transactionId: first! };
    const content = { msgtype: "m.text", body: "other" } as const;
    const isTooLate = (): void => {
      expect(rig.sending.remove(row)).toEqual({ isDeleted: false });
      expect(rig.sending.edit({ ...row, content })).toEqual({ isEdited: false });
    };
    isTooLate();
    await rig.puts[0]!.fail(failure("timeout"));
    isTooLate();
    await rig.clock.advance(2000);
    await rig.open()[0]!.accept();
    isTooLate();
  });

  it("deletes the first of a parked room; what was typed after it waits for the user's word", async () => {
    const rig = started();
    const [first, second] = rig.type(roomA, "1", "2");
    await failFor(rig, 310_000);
    rig.sending.remove({ roomId: roomA, transactionId: first! });
    await rig.clock.advance(HOUR);
    expect(rig.states(roomA)).toEqual(["2:unsent behind"]);
    expect(rig.bodies()).not.toContain("2");
    rig.sending.retry({ roomId: roomA, transactionId: second! });
    expect(rig.bodies().at(-1)).toBe("2");
  });

  it("edits a waiting message in place, under the same transaction id", async () => {
    const rig = started();
    const [, second] = rig.type(roomA, "1", "2");
    const content = { msgtype: "m.text", body: "two" } as const;
    rig.sending.edit({ roomId: roomA, transactionId: second!, content });
    await rig.puts[0]!.accept();
    expect(rig.puts[1]).toMatchObject({ body: "two", transactionId: second });
  });

  it("edits a message the server may know: same place, new transaction id, and it goes with those behind", async () => {
    const rig = started();
    const [first] = rig.type(roomA, "1", "2");
    await failFor(rig, 310_000);
    const asked = rig.puts.length;
    const content = { msgtype: "m.text", body: "one" } as const;
    expect(rig.sending.edit({ roomId: roomA, transactionId: first!, content })).toEqual({ isEdited: true });
    const put = rig.puts[asked]!;
    expect(put.body).toBe("one");
    expect(put.transactionId).not.toBe(first);
    await put.accept();
    expect(rig.puts[asked + 1]!.body).toBe("2");
    // The old request, repeated by the composer, does not come back to life.
    rig.sending.enqueue({ roomId: roomA, transactionId: first!, content: { msgtype: "m.text", body: "1" } });
    expect(rig.states(roomA)).toEqual(["one:sent", "2:sending"]);
  });

  it("resends everything in all rooms", async () => {
    const rig = started();
    rig.type(roomA, "1", "2");
    rig.type(roomB, "3");
    await rig.puts[0]!.fail(failure("rejected", { status: 403 }));
    await rig.puts[2]!.fail(failure("rejected", { status: 403 }));
    await rig.puts[1]!.fail(failure("rejected", { status: 403 }));
    expect(rig.sending.outbox()).toHaveLength(3);
    rig.sending.retryAll();
    expect(rig.open().map(({ body }) => body)).toEqual(["1", "3"]);
    await rig.open()[0]!.accept();
    expect(rig.open().map(({ body }) => body)).toEqual(["3", "2"]);
  });
});

describe("the outbox", () => {
  it("lists what the server has not answered for, in all rooms, oldest first", async () => {
    const rig = new Rig();
    const [first] = rig.type(roomA, "1");
    rig.type(roomB, "2");
    rig.type(roomA, "3");
    expect(rig.sending.outbox().map(({ text }) => text)).toEqual(["1", "2", "3"]);
    expect(rig.sending.outbox()[0]).toEqual({
      ...{ transactionId: first, roomId: roomA, roomName: `name of ${roomA}`, text: "1" },
      queuedAt: rig.clock.now(),
      send: { state: "queued", since: rig.clock.now() },
    });
    rig.sending.start();
    await rig.puts[0]!.accept();
    expect(rig.sending.outbox().map(({ text }) => text)).toEqual(["2", "3"]);
  });
});

describe("the disk", () => {
  it("when full refuses the message, so that the composer keeps its text", () => {
    const rig = new Rig({ keptPages: 60 });
    const long = "x".repeat(20_000);
    const fill = (): void => void Array.from({ length: 20 }, (_, i) => rig.type(roomA, `${i}${long}`));
    let thrown: unknown;
    try {
      fill();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FailureError);
    expect((thrown as FailureError).failure).toMatchObject({ kind: "storage", problem: "full" });
    const kept = rig.sending.rows(roomA).length;
    expect(kept).toBeGreaterThan(0);
    rig.sending.start();
  });

  it("that takes no notes lets nothing out, and goes on when it does again", async () => {
    const rig = new Rig();
    rig.type(roomA, "1");
    const broken = new FailureError(failure("storage", { problem: "full" }));
    const commits = vi.spyOn(rig.profile.kept, "transaction").mockImplementation(() => {
      throw broken;
    });
    rig.sending.start();
    expect(rig.puts).toEqual([]);
    expect(rig.storage).toEqual([broken.failure]);
    commits.mockRestore();
    await rig.clock.advance(10_000);
    expect(rig.storage).toEqual([broken.failure, null]);
    await rig.open()[0]!.accept();
    expect(rig.states(roomA)).toEqual(["1:sent"]);
    expect(rig.storage).toEqual([broken.failure, null]);
  });

  it("that does not take the end of a message takes it at the next sync, whatever rooms that brings", async () => {
    const rig = new Rig();
    rig.type(roomA, "1");
    rig.sending.start();
    await rig.puts[0]!.accept("$1");
    const broken = new FailureError(failure("storage", { problem: "full" }));
    const commits = vi.spyOn(rig.profile.kept, "transaction").mockImplementation(() => {
      throw broken;
    });
    await rig.echo(rig.puts[0]!, "$1");
    expect(rig.states(roomA)).toEqual(["1:sent"]);
    expect(rig.storage.at(-1)).toEqual(broken.failure);
    commits.mockRestore();
    rig.sending.settle([roomB]);
    expect(rig.states(roomA)).toEqual([]);
    expect(rig.storage.at(-1)).toBeNull();
  });
});

it("stops at once, breaks off what is on the wire, and can go on later", async () => {
  const rig = started();
  rig.type(roomA, "1", "2");
  await rig.sending.stop();
  expect(rig.puts[0]!.isAborted()).toBe(true);
  expect(rig.states(roomA)).toEqual(["1:queued", "2:queued"]);
  await rig.clock.advance(HOUR);
  expect(rig.puts).toHaveLength(1);
  expect(rig.clock.pending).toBe(0);
  rig.sending.start();
  expect(rig.bodies()).toEqual(["1", "1"]);
});
