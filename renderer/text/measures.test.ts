import { expect, test } from "vitest";
import { byteSize, eventBytes } from "./byte-size.ts";
import { clockTime, dayName, exactTime, isoTime, narrowTime } from "./when.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1400, "1.4 kB"],
  [348_213, "348 kB"],
  [999_600, "1 MB"],
  [5e15, "5,000 TB"],
  [-3, "0 bytes"],
])("%d bytes are %s", (bytes, words) => {
  expect(byteSize(bytes)).toBe(words);
});

test.each([
  ["hello", 5],
  ["ü", 2],
  ["🐦", 4],
  ['say "hi"\n', 12],
  ["\u0001", 6],
])("bytes of %j are what the wire carries: %d", (text, bytes) => {
  expect(eventBytes(text)).toBe(bytes);
});

test("days are named from here: today, yesterday, this year, another year", () => {
  const now = new Date(2026, 4, 20, 9).getTime();
  expect(dayName(now - 8 * 3_600_000, now)).toBe("Today");
  expect(dayName(new Date(2026, 4, 19, 23, 59).getTime(), now)).toBe("Yesterday");
  expect(dayName(new Date(2026, 0, 2).getTime(), now)).toMatch(/Friday.*January|January.*Friday/);
  expect(dayName(new Date(2022, 4, 3).getTime(), now)).toContain("2022");
  // A clock that runs ahead: no "tomorrow" at the end of a room.
  expect(dayName(new Date(2026, 4, 21).getTime(), now)).toContain("May");
});

test("in the gutter there is room for the numbers only", () => {
  expect(narrowTime(new Date(2026, 4, 20, 14, 5).getTime())).toMatch(/^(14|02|2):05$/);
});

test.each([9e15, -9e15, Number.MAX_SAFE_INTEGER, Number.NaN])(
  "a time that is no time (%d) is survived",
  (ts) => {
    expect(clockTime(ts)).toBe("");
    expect(exactTime(ts)).toBe("");
    expect(isoTime(ts)).toBeNull();
    expect(dayName(ts, 0)).toBe("");
  },
);
