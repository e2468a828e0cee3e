import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventId } from "../../../preload/contract/ids.ts";
import { isObject } from "../event.ts";
import { aMessage, bob, carol, room, TestTimeline } from "./fixtures.ts";

const receipt = (eventId: string, userId: string, more: object = { ts: 1 }, type = "m.read") => ({
  [eventId]: { [type]: { [userId]: more } },
});

describe("receipts", () => {
  const at = (timeline: TestTimeline, userId = bob): EventId | undefined =>
    timeline.q.receipt.get({ roomId: room, userId })?.eventId;

  function withThree() {
    const timeline = new TestTimeline();
    const [a, b, c] = [aMessage("a"), aMessage("b"), aMessage("c")] as const;
    timeline.append([a, b, c]);
    return { timeline, a, b, c };
  }

  test("move forward and never back, whatever their own time says", () => {
    const { timeline, a, b, c } = withThree();
    const apply = (eventId: string, ts: number): boolean =>
      timeline.writer.applyReceipts(room, receipt(eventId, bob, { ts }));
    expect([apply(b.eventId, 50), apply(a.eventId, 99), apply(b.eventId, 99), apply(c.eventId, 1)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(at(timeline)).toBe(c.eventId);
  });

  test("for an event that is not here are kept, and their own time decides", () => {
    const { timeline, b } = withThree();
    timeline.writer.applyReceipts(room, receipt("$unknown", bob, { ts: 10 }));
    expect(at(timeline)).toBe("$unknown");
    timeline.writer.applyReceipts(room, receipt(b.eventId, bob, { ts: 5 }));
    expect(at(timeline)).toBe("$unknown");
    timeline.writer.applyReceipts(room, receipt(b.eventId, bob, { ts: 20 }));
    expect(at(timeline)).toBe(b.eventId);
  });

  test("inside a thread say nothing about the room", () => {
    const { timeline, a, b } = withThree();
    timeline.writer.applyReceipts(room, receipt(a.eventId, bob, { ts: 1, thread_id: "$root" }));
    expect(at(timeline)).toBeUndefined();
    timeline.writer.applyReceipts(room, receipt(b.eventId, bob, { ts: 1, thread_id: "main" }));
    expect(at(timeline)).toBe(b.eventId);
  });

  test("of our own may be private", () => {
    const { timeline, a } = withThree();
    timeline.writer.applyReceipts(room, receipt(a.eventId, carol, { ts: 1 }, "m.read.private"));
    expect(at(timeline, carol)).toBe(a.eventId);
  });

  test("of any shape are survived", () => {
    const { timeline } = withThree();
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (inner, outer) => {
        timeline.writer.applyReceipts(room, {
          $a: { "m.read": { [bob]: inner } },
          $b: { "m.read": inner },
          $c: outer,
        });
        if (isObject(outer)) timeline.writer.applyReceipts(room, outer);
      }),
      { numRuns: 500 },
    );
  });
});
