import { expect, it } from "vitest";
import { isOwnTag, parseDirect, parseMuted, parseTags, readTags } from "./account-data.ts";

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

it("shows no section whose name could not stand as a heading", () => {
  expect(
    ["u.work", "u.", "m.favourite", "u.two\nlines", "u. blank", `u.${"x".repeat(300)}`].map(isOwnTag),
  ).toEqual([true, ...[false, false, false, false, false]]);
});

it("reads the tags that an older version stored", () => {
  expect(readTags('["m.favourite"]')).toEqual([{ name: "m.favourite", order: null }]);
});

it("reads tags", () => {
  const tags = {
    "m.favourite": {},
    "u.work": { order: 0.5 },
    "u.odd": { order: "first" },
    "u.far": { order: 7 },
  };
  expect(parseTags({ tags })).toEqual([
    { name: "m.favourite", order: null },
    { name: "u.work", order: 0.5 },
    { name: "u.odd", order: null },
    { name: "u.far", order: null },
  ]);
  expect(parseTags({ tags: 5 })).toEqual([]);
});
