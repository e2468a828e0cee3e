import { expect, it } from "vitest";
import type { UserId } from "../../../preload/contract/ids.ts";
import { canSendMessage, isCreatorAboveLevels } from "./power.ts";

const me = "@me:x" as UserId;

it.each([
  ["no power levels event at all", null, true],
  ["an empty one: everybody may talk", {}, true],
  ["talking needs 50 and I have nothing", { events_default: 50 }, false],
  ["talking needs 50 and I have 50", { events_default: 50, users: { [me]: 50 } }, true],
  ["messages need more than other events", { events: { "m.room.message": 10 }, users_default: 5 }, false],
  ["levels as strings, from an old room", { events_default: "50", users: { [me]: "100" } }, true],
  ["a broken level counts as absent", { events_default: {}, users: { [me]: [] } }, true],
])("%s", (_situation, levels, expected) => {
  expect(canSendMessage(levels, me, "m.room.message")).toBe(expected);
});

it("a creator of a version 12 room stands above all levels, of an older one not", () => {
  expect(isCreatorAboveLevels({ room_version: "12" }, me, me)).toBe(true);
  expect(isCreatorAboveLevels({ room_version: "12", additional_creators: [me] }, null, me)).toBe(true);
  expect(isCreatorAboveLevels({ room_version: "11" }, me, me)).toBe(false);
  expect(isCreatorAboveLevels({}, me, me)).toBe(false);
});
