import { describe, expect, it } from "vitest";
import { ModelStore } from "./queue.model-store.ts";
import { playHistory, type Break } from "./queue.model.ts";
import { itHoldsInHistories } from "./queue.model-histories.ts";

describe("the send queue under random histories", () => {
  itHoldsInHistories("odd");

  // Seeds that once failed are kept here.
  it.each<number>([])("holds in the history of seed %d", (seed) => {
    expect(playHistory(new ModelStore(), seed)).toBeNull();
  });

  it("come through every situation the queue knows", { timeout: 300_000 }, () => {
    const wanted = [
      ...["gave-up", "rejected", "behind", "waited-too-long", "uncertain", "unreadable"],
      ...["sent and waits for its place", "known to be sent by a glimpse", "crash in glimpse"],
      ...["a gap where places were forgotten", "crash in readAgain"],
      ...["hidden by a gap", "edited late", "deleted late", "upload", "deleted while uploading"],
      ...["forwarded with its files", "two uploads of one file"],
      ...["thread on what is not sent", "answer in a thread that waits"],
      ...["typeOne", "hand", "answer", "fail", "synced", "backfill", "removeOne", "editOne", "retryOne"].map(
        (act) => `crash in ${act}`,
      ),
      ...["relateOne", "threadOne", "forwardOne"].map((act) => `crash in ${act}`),
    ];
    const met = new Set<string>();
    const store = new ModelStore();
    const missing = (): string[] => wanted.filter((situation) => !met.has(situation));
    for (let seed = 1; seed <= 5_000 && missing().length > 0; seed++) playHistory(store, seed, { met });
    expect(missing()).toEqual([]);
  });

  const breaks: [Break, RegExp][] = [
    ["leave on echo only", /stuck/],
    ["no look at the answer", /stuck|twice|out of order/],
    ["leave at the gap", /vanished/],
    ["leave without a place", /vanished/],
    ["a gap is none where places were forgotten", /stuck/],
    ["go on after giving up", /out of order/],
    ["edit keeps the id", /lost|vanished|stuck/],
    ["dependents go on without their message", /before what it speaks of/],
    ["events do not wait for their files", /before its file/],
    ["replies leave their thread", /left its thread/],
  ];
  it.each(breaks)("would notice a queue with the flaw: %s", { timeout: 300_000 }, (flaw, expected) => {
    const store = new ModelStore();
    for (let seed = 1; seed <= 5_000; seed++) {
      const broken = playHistory(store, seed, { breaks: flaw });
      if (broken === null) continue;
      expect(broken.split("\n")[0]).toMatch(expected);
      return;
    }
    expect.fail("nothing was noticed in 5,000 histories");
  });
});
