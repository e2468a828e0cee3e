import { expect, it } from "vitest";
import { parseDirect, parseMuted, parseTags } from "./account-data.ts";

it("turns m.direct round and survives what is malformed", () => {
  const direct = parseDirect({ "@a:x": ["!1", "!2"], "@b:x": ["!2", 7], "@c:x": "nonsense" });
  expect([...direct]).toEqual([
    ["!1", "@a:x"],
    ["!2", "@a:x"],
  ]);
});

it("finds rooms muted by a room rule, by an override, with the old and the new way to say nothing", () => {
  const muted = parseMuted({
    global: {
      room: [
        { rule_id: "!old", actions: ["dont_notify"] },
        { rule_id: "!new", actions: [] },
        { rule_id: "!loud", actions: ["notify"] },
        { rule_id: "!off", actions: [], enabled: false },
        "nonsense",
      ],
      override: [
        {
          rule_id: "x",
          actions: [],
          conditions: [{ kind: "event_match", key: "room_id", pattern: "!over" }],
        },
        { rule_id: "y", actions: [], conditions: [{ kind: "event_match", key: "type", pattern: "!type" }] },
      ],
    },
  });
  expect([...muted].sort()).toEqual(["!new", "!old", "!over"]);
});

it("reads tags", () => {
  expect(parseTags({ tags: { "m.favourite": {}, "u.work": { order: 1 } } })).toEqual([
    "m.favourite",
    "u.work",
  ]);
  expect(parseTags({ tags: 5 })).toEqual([]);
});
