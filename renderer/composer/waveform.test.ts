import { expect, test } from "vitest";
import { bars, loudness } from "./waveform.ts";

test("silence is nothing, a voice fills the range, and nothing is above it", () => {
  expect(loudness([])).toBe(0);
  expect(loudness([0, 0, 0])).toBe(0);
  expect(loudness([0.1, -0.1])).toBeCloseTo(0.4);
  expect(loudness([1, -1, 1])).toBe(1);
});

test("a short message has a bar for each measurement, a long one its loudest moments in a hundred", () => {
  expect(bars([])).toEqual([]);
  expect(bars([0, 0.5, 2])).toEqual([0, 512, 1024]);
  const long = Array.from({ length: 1_050 }, (_, at) => (at === 700 ? 1 : 0.25));
  const shown = bars(long);
  expect(shown).toHaveLength(100);
  expect(shown.filter((bar) => bar === 1024)).toHaveLength(1);
  expect(shown.filter((bar) => bar === 256)).toHaveLength(99);
});
