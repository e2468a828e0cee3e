import { describe, expect, it } from "vitest";
import type { UserId } from "../../../preload/contract/ids.ts";
import {
  leveledPeople,
  neededLevels,
  permissionsOf,
  rightsOf,
  withNeededLevel,
  withPersonLevel,
} from "./rights.ts";

const [ann, ben, cy] = ["@ann:x", "@ben:x", "@cy:x"] as UserId[] as [UserId, UserId, UserId];

describe("the level of somebody", () => {
  it.each([
    ["without the event the creator has 100", null, {}, ann, 100],
    ["and the others nothing", null, {}, ben, 0],
    ["is their own", { users: { [ben]: 50 } }, {}, ben, 50],
    ["or that of everybody else", { users: { [ben]: 50 }, users_default: 10 }, {}, cy, 10],
    ["may be written as text in old rooms", { users: { [ben]: " 75 " } }, {}, ben, 75],
    ["is above all numbers for creators of version 12", {}, { room_version: "12" }, ann, "creator"],
    ["and for those they named", {}, { room_version: "12", additional_creators: [ben] }, ben, "creator"],
    ["but not in version 11", {}, { room_version: "11" }, ann, 0],
  ])("%s", (_situation, levels, create, userId, expected) => {
    expect(rightsOf(levels, create, ann).level(userId)).toBe(expected);
  });
});

describe("what one may", () => {
  const may = (levels: Record<string, unknown> | null, userId: UserId, isJoined = true) =>
    permissionsOf(rightsOf(levels, {}, ann), userId, isJoined);
  it("is nothing for those who are not in the room", () => {
    expect(Object.values(may({ users: { [ben]: 100 } }, ben, false))).not.toContain(true);
  });
  it("goes by type before the default for state, by action before its own default", () => {
    const levels = { users: { [ben]: 40 }, events: { "m.room.name": 30 }, kick: 40 };
    expect(may(levels, ben)).toMatchObject({
      name: true,
      topic: false,
      kick: true,
      ban: false,
      invite: true,
    });
    expect(may({ ...levels, state_default: 40, invite: 41 }, ben)).toMatchObject({
      topic: true,
      invite: false,
    });
  });
  it("is all state where the room has no levels yet", () => {
    expect(may(null, ben)).toMatchObject({ topic: true, kick: false });
  });
});

it("a changed level leaves what else is said alone, and the default is not written down", () => {
  const levels = { users: { [ann]: 100, [ben]: 50 }, "org.example": { kept: true }, events: { a: 1 } };
  expect(withPersonLevel(levels, cy, 50)).toEqual({ ...levels, users: { [ann]: 100, [ben]: 50, [cy]: 50 } });
  expect(withPersonLevel(levels, ben, 0)).toEqual({ ...levels, users: { [ann]: 100 } });
  expect(withNeededLevel(levels, { of: "event", key: "b", level: 5 })["events"]).toEqual({ a: 1, b: 5 });
  expect(withNeededLevel(levels, { of: "action", key: "kick", level: 60 })["kick"]).toBe(60);
});

it("people with a level of their own come highest first, creators before all", () => {
  const levels = { users: { [ben]: 50, [cy]: 0, "@low:x": -10, "no id": 99 } };
  const create = { room_version: "12" };
  expect(leveledPeople(rightsOf(levels, create, ann), levels, create, ann)).toEqual([ann, ben, "@low:x"]);
});

it("the levels shown have the defaults of the specification", () => {
  const shown = neededLevels({ kick: 10, events: { "m.room.name": "20", bad: {} } });
  expect(shown.map(({ key, level }) => `${key} ${level}`)).toEqual([
    "users_default 0",
    "events_default 0",
    "state_default 50",
    "invite 0",
    "kick 10",
    "ban 50",
    "redact 50",
    "m.room.name 20",
  ]);
});
