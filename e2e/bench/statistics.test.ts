import { describe, expect, it } from "vitest";
import { covered, median, percentile } from "./statistics.ts";

describe("runs of a measurement", () => {
  it("of an odd number have the middle one as median, of an even number the mean of the middle two", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
  });

  it("have percentiles that really occurred", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile(values, 0.5)).toBe(50);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it("without a single value have none", () => {
    expect(median([])).toBeNaN();
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe("the time a server took", () => {
  it("counts overlapping answers once", () => {
    const answers = [
      { start: 10, end: 30 },
      { start: 20, end: 40 },
      { start: 22, end: 25 },
      { start: 60, end: 70 },
    ];
    expect(covered(answers, 0, 100)).toBe(40);
  });

  it("counts only what lies within the time we measured", () => {
    const poll = [{ start: 50, end: 30_000 }];
    expect(covered(poll, 0, 60)).toBe(10);
    expect(covered(poll, 40_000, 50_000)).toBe(0);
  });
});
