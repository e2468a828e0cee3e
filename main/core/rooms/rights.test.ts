import { describe, expect, it } from "vitest";
import type { UserId } from "../../../preload/contract/ids.ts";
import { stepsOf } from "./change-room.ts";
import {
  isAbove,
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
    ["whatever the event says of them", { users: { [ann]: 5 } }, { room_version: "12" }, ann, "creator"],
    ["also where there is no event", null, { room_version: "12" }, ann, "creator"],
    ["when the others have nothing", null, { room_version: "12" }, ben, 0],
    ["but not in version 11", {}, { room_version: "11" }, ann, 0],
    ["nor in one that is no number", {}, { room_version: "org.example" }, ann, 0],
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
  it("is messages and inviting where the room has no levels, but for its creator (STA-15)", () => {
    expect(may(null, ben)).toMatchObject({ topic: false, invite: true, kick: false });
    expect(may(null, ann)).toMatchObject({ topic: true, kick: true, levels: true });
  });
  it("is everything for a creator of version 12, also what needs more than anybody can be given", () => {
    const levels = { users: { [ben]: 100 }, events: { "m.room.tombstone": 150 } };
    const rights = rightsOf(levels, { room_version: "12", additional_creators: [cy] }, ann);
    for (const creator of [ann, cy])
      expect(Object.values(permissionsOf(rights, creator, true))).not.toContain(false);
    expect(permissionsOf(rights, ben, true)).toMatchObject({ levels: true, upgrade: false });
    expect(isAbove(rights.level(ann), rights.level(ben))).toBe(true);
    // Nobody stands above a creator, not even another one.
    expect(isAbove(rights.level(ann), rights.level(cy))).toBe(false);
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

it("the first levels of a room write down what its creator had, but for those who stand above them", () => {
  const steps = (room_version: string) =>
    stepsOf(
      { what: "person-level", userId: ben, level: 50 },
      { creator: ann, content: (type) => (type === "m.room.create" ? { room_version } : null) },
    );
  const put = (users: object) => [{ to: "state", type: "m.room.power_levels", content: { users } }];
  expect(steps("11")).toEqual(put({ [ann]: 100, [ben]: 50 }));
  expect(steps("12")).toEqual(put({ [ben]: 50 }));
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
