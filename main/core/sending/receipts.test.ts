import { expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { fakePlatform, manualClock } from "../fake-platform.ts";
import { failed, ok, type Result } from "../failure.ts";
import { openDatabase, type Database } from "../store/database.ts";
import { keptMigrations } from "../store/migrations.ts";
import { createReceipts, type PendingReceipt } from "./receipts.ts";
import { failure, roomA, roomB, us } from "./sending-rig.ts";

class Situation {
  readonly clock = manualClock();
  readonly sent: { readonly receipt: PendingReceipt; readonly answer: (result: Result<unknown>) => void }[] =
    [];
  readonly kept: Database;
  userId: UserId | null = us;
  readonly receipts;

  constructor(kept?: Database) {
    const platform = fakePlatform({ clock: this.clock });
    platform.cleanUp();
    const { log } = platform;
    const options = { path: ":memory:", migrations: keptMigrations, synchronous: "NORMAL", log } as const;
    this.kept = kept ?? openDatabase({ ...options, clock: this.clock });
    this.receipts = createReceipts({
      platform,
      store: { kept: this.kept },
      session: () => (this.userId === null ? null : { userId: this.userId }),
      put: (receipt, signal) =>
        new Promise((resolve) => {
          this.sent.push({ receipt, answer: resolve });
          signal.addEventListener("abort", () => resolve(failed(failure("aborted"))));
        }),
    });
  }

  mark(roomId: PendingReceipt["roomId"], eventId: string, threadId = ""): void {
    this.receipts.mark({ roomId, eventId: eventId as EventId, receiptType: "m.read", threadId });
  }
  async answer(at: number, result: Result<unknown> = ok({})): Promise<void> {
    this.sent[at]!.answer(result);
    await this.clock.advance(0);
  }
  events(): string[] {
    return this.sent.map(({ receipt }) => receipt.eventId);
  }
}

it("sends only the latest of a room when several came while one was under way", async () => {
  const now = new Situation();
  now.receipts.start();
  for (const eventId of ["$1", "$2", "$3"]) now.mark(roomA, eventId);
  expect(now.events()).toEqual(["$1"]);
  await now.answer(0);
  expect(now.events()).toEqual(["$1", "$3"]);
  await now.answer(1);
  expect(now.receipts.pending(roomA)).toBeNull();
});

it("keeps what the server has not taken over a restart", async () => {
  const before = new Situation();
  before.receipts.start();
  before.mark(roomA, "$1");
  await before.receipts.stop();
  const now = new Situation(before.kept);
  expect(now.receipts.pending(roomA)).toBe("$1");
  now.receipts.start();
  expect(now.events()).toEqual(["$1"]);
});

it("tries again with growing waits, and at once when the network is back", async () => {
  const now = new Situation();
  now.receipts.start();
  now.mark(roomA, "$1");
  await now.answer(0, failed(failure("unavailable")));
  await now.clock.advance(1000);
  expect(now.events()).toEqual(["$1", "$1"]);
  await now.answer(1, failed(failure("unavailable")));
  await now.clock.advance(1000);
  expect(now.events()).toHaveLength(2);
  now.receipts.wake("network");
  expect(now.events()).toHaveLength(3);
});

it("goes on with other rooms while the server fails for one, which is tried again in its own time", async () => {
  const now = new Situation();
  now.receipts.start();
  now.mark(roomA, "$1");
  now.mark(roomB, "$2");
  await now.answer(0, failed(failure("unavailable", { status: 502 })));
  expect(now.events()).toEqual(["$1", "$2"]);
  await now.answer(1);
  // What is newer of the failing room takes the place of the older one, and does not come sooner.
  now.mark(roomA, "$3");
  expect(now.events()).toEqual(["$1", "$2"]);
  await now.clock.advance(1000);
  expect(now.events()).toEqual(["$1", "$2", "$3"]);
  await now.answer(2, failed(failure("unavailable", { status: 502 })));
  now.mark(roomB, "$4");
  await now.answer(3);
  await now.clock.advance(1000);
  expect(now.events()).toEqual(["$1", "$2", "$3", "$4"]);
  await now.clock.advance(1000);
  expect(now.events()).toEqual(["$1", "$2", "$3", "$4", "$3"]);
  await now.answer(4, failed(failure("timeout")));
  now.mark(roomB, "$5");
  expect(now.events().at(-1)).toBe("$5");
});

it("leaves a server alone that fails for one room after the other, and asks first for those not asked yet", async () => {
  const now = new Situation();
  now.receipts.start();
  const rooms = ["a", "b", "c", "d", "e"].map((name) => `!${name}:dunlin.test` as RoomId);
  for (const roomId of rooms) now.mark(roomId, `$${roomId.charAt(1)}`);
  for (const at of [0, 1, 2]) await now.answer(at, failed(failure("unavailable")));
  expect(now.events()).toEqual(["$a", "$b", "$c"]);
  await now.clock.advance(1000);
  expect(now.events()).toEqual(["$a", "$b", "$c", "$d"]);
  await now.answer(3);
  await now.answer(4);
  expect(now.events().slice(4).sort()).toEqual(["$a", "$e"]);
});

it("waits as long as a rate limit says, whatever the network does", async () => {
  const now = new Situation();
  now.receipts.start();
  now.mark(roomA, "$1");
  await now.answer(0, failed(failure("limited", { retryAfterMs: 5000 })));
  now.receipts.wake("network");
  now.mark(roomB, "$2");
  await now.clock.advance(4999);
  expect(now.events()).toEqual(["$1"]);
  await now.clock.advance(1);
  expect(now.events()).toEqual(["$1", "$1"]);
});

it("drops a receipt that the server refuses, and goes on with the next room", async () => {
  const now = new Situation();
  now.receipts.start();
  now.mark(roomA, "$gone");
  now.mark(roomB, "$2");
  await now.answer(0, failed(failure("rejected", { status: 404 })));
  expect(now.events()).toEqual(["$gone", "$2"]);
  expect(now.receipts.pending(roomA)).toBeNull();
});

it("stops when the token is not accepted, keeps the receipt, and sends it after the next start", async () => {
  const now = new Situation();
  now.receipts.start();
  now.mark(roomA, "$1");
  await now.answer(0, failed(failure("unauthorized", { soft: true })));
  await now.clock.advance(3_600_000);
  now.mark(roomA, "$2");
  expect(now.events()).toEqual(["$1"]);
  now.receipts.start();
  expect(now.events()).toEqual(["$1", "$2"]);
});

it("notes nothing while nobody is signed in", () => {
  const now = new Situation();
  now.userId = null;
  now.receipts.start();
  now.mark(roomA, "$1");
  expect(now.sent).toEqual([]);
});
