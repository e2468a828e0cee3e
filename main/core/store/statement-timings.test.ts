import { expect, test } from "vitest";
import { StatementTimings } from "./statement-timings.ts";

test("a statement is counted, and ordered by the longest it ever took", () => {
  const timings = new StatementTimings();
  for (const [name, ms] of [
    ["often", 1],
    ["once", 50],
    ["often", 3],
    ["often", 2],
  ] as const)
    timings.note(name, ms);
  expect(timings.slowest()).toEqual([
    { name: "once", count: 1, totalMs: 50, longestMs: 50 },
    { name: "often", count: 3, totalMs: 6, longestMs: 3 },
  ]);
});
