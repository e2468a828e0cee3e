import { expect, it } from "vitest";
import { statementLines } from "./statement-lines.ts";
import { StatementTimings } from "./store/statement-timings.ts";

it("counts every slow statement, also those it does not name", () => {
  const timings = new StatementTimings();
  for (const [name, ms] of [
    ...[1, 2, 3, 4, 5, 6, 7].map((nth) => [`slow${nth}`, 40 + nth] as const),
    ...(["often", "often", "justNot"] as const).map((name) => [name, 40] as const),
    ["slow2", 2],
    ["slow7", 20_000],
  ] as const)
    timings.note(name, ms);
  const [all, ...named] = statementLines("cache.db", timings.slowest());
  expect(all).toEqual(["statements of cache.db", "12 in 20 s, 7 slow"]);
  expect(named).toEqual([
    ["slow statement slow7", "up to 20 s, 10 s on average of 2"],
    ["slow statement slow6", "up to 46 ms, 46 ms on average of 1"],
    ["slow statement slow5", "up to 45 ms, 45 ms on average of 1"],
    ["slow statement slow4", "up to 44 ms, 44 ms on average of 1"],
    ["slow statement slow3", "up to 43 ms, 43 ms on average of 1"],
  ]);
});

it("names none where nobody had to wait", () => {
  const timings = new StatementTimings();
  timings.note("quick", 40);
  expect(statementLines("kept.db", timings.slowest())).toEqual([
    ["statements of kept.db", "1 in 40 ms, 0 slow"],
  ]);
  expect(statementLines("kept.db", [])).toEqual([["statements of kept.db", "0 in 0 ms, 0 slow"]]);
});
