import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSync } from "./parse.ts";

const event = (id: string, more: object = {}) => ({
  event_id: id,
  type: "m.room.message",
  sender: "@a:x",
  origin_server_ts: 1,
  content: { msgtype: "m.text", body: "hi" },
  ...more,
});
const withTimeline = (events: unknown[]) => ({
  next_batch: "s1",
  rooms: { join: { "!r": { timeline: { events, limited: true, prev_batch: "p1" } } } },
});

describe("a sync response", () => {
  it("without a token is none", () => {
    expect(parseSync({})).toBeNull();
    expect(parseSync({ next_batch: "" })).toBeNull();
    expect(parseSync("<html>")).toBeNull();
    expect(parseSync(null)).toBeNull();
  });

  it("of an empty account is an update without rooms", () => {
    expect(parseSync({ next_batch: "s1" })).toMatchObject({
      nextBatch: "s1",
      joined: [],
      invited: [],
      left: [],
    });
  });

  it("keeps the good events around a bad one and counts it", () => {
    const update = parseSync(withTimeline([event("$1"), { nonsense: true }, event("$2")]));
    expect(update?.joined[0]?.timeline.map((e) => e.eventId)).toEqual(["$1", "$2"]);
    expect(update?.malformed).toBe(1);
    expect(update?.joined[0]).toMatchObject({ isLimited: true, prevBatch: "p1" });
  });

  it("keeps delivery order whatever the timestamps say", () => {
    const update = parseSync(
      withTimeline([event("$1", { origin_server_ts: 9e15 }), event("$2", { origin_server_ts: -5 })]),
    );
    expect(update?.joined[0]?.timeline.map((e) => [e.eventId, e.originServerTs])).toEqual([
      ["$1", 8.64e15],
      ["$2", 0],
    ]);
  });

  it("takes the sender's key of the first API", () => {
    const update = parseSync(withTimeline([{ ...event("$1"), sender: undefined, user_id: "@old:x" }]));
    expect(update?.joined[0]?.timeline[0]?.sender).toBe("@old:x");
  });

  it("leaves unread counts alone when the server says nothing about them", () => {
    expect(parseSync(withTimeline([]))?.joined[0]?.unread).toBeNull();
  });

  it("never throws, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
        parseSync({
          next_batch: "s",
          rooms: { join: { "!r": a }, invite: b, leave: { "!l": { timeline: c, state: b } } },
        });
        parseSync({
          next_batch: "s",
          rooms: {
            join: { "!r": { timeline: { events: [a, b, c] }, summary: a, ephemeral: { events: [c] } } },
          },
        });
      }),
      { numRuns: 3000 },
    );
  });
});
