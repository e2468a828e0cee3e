import { describe, expect, it } from "vitest";
import { roleOptions, roleWarning } from "./roles.ts";

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

it("offers no role above one's own, but always the present one", () => {
  const levels = (present: number, own: number) =>
    roleOptions(present, own).map(({ value }) => Number(value));
  expect(levels(0, 100)).toEqual([100, 50, 0]);
  expect(levels(100, 50)).toEqual([100, 50, 0]);
  expect(levels(25, 50)).toEqual([50, 25, 0]);
  expect(levels(0, Infinity)).toEqual([100, 50, 0]);
});
