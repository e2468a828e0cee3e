import { describe, expect, it } from "vitest";
import { everybodyWarning, readLevel, roleOptions, roleWarning } from "./roles.ts";

describe("before a role is given", () => {
  it.each([
    ["lowering oneself", { isOwn: true, own: 100, wanted: 50 }, "lock"],
    ["staying as one is", { isOwn: true, own: 100, wanted: 100 }, null],
    ["making somebody one's equal", { isOwn: false, own: 100, wanted: 100 }, "equal"],
    ["making somebody a moderator", { isOwn: false, own: 100, wanted: 50 }, null],
    ["a creator makes an administrator", { isOwn: false, own: Infinity, wanted: 100 }, null],
  ])("%s", (_situation, change, warning) => {
    expect(roleWarning(change)).toBe(warning);
  });
});

describe("before everybody's role is changed", () => {
  const as = { own: 100, hasOwnLevel: true, present: 0 };
  it.each([
    ["to one's own level", { ...as, wanted: 100 }, "equal"],
    ["to something below it", { ...as, wanted: 50 }, null],
    ["downwards, while one has a level of one's own", { ...as, wanted: -1 }, null],
    ["downwards, while one is one of them", { own: 50, hasOwnLevel: false, present: 50, wanted: 0 }, "lock"],
    ["by a creator", { ...as, own: Infinity, wanted: 100 }, null],
  ])("%s", (_situation, change, warning) => expect(everybodyWarning(change)).toBe(warning));
});

it.each([
  ["75", 100, 75],
  [" -1 ", 100, -1],
  ["100", 100, 100],
  ["101", 100, null],
  ["101", Infinity, 101],
  ["9007199254740992", Infinity, null],
  ["1.5", 100, null],
  ["ten", 100, null],
  ["", 100, null],
])("reads the typed level %s below %s as %s", (typed, own, level) => {
  expect(readLevel(typed, own)).toBe(level);
});

it("offers no role above one's own, but always the present one", () => {
  const levels = (present: number, own: number) =>
    roleOptions(present, own).map(({ value }) => Number(value));
  expect(levels(0, 100)).toEqual([100, 50, 0]);
  expect(levels(100, 50)).toEqual([100, 50, 0]);
  expect(levels(25, 50)).toEqual([50, 25, 0]);
  expect(levels(0, Infinity)).toEqual([100, 50, 0]);
});
