import * as fc from "fast-check";
import { expect, test } from "vitest";
import { gridWindow, nextCell } from "./grid-window.ts";

test("every cell in view is in the page, the page stays small, and nothing changes its place", () => {
  const numbers = fc.record({
    count: fc.integer({ min: 0, max: 20_000 }),
    columns: fc.integer({ min: 1, max: 8 }),
    rowHeight: fc.integer({ min: 20, max: 120 }),
    top: fc.integer({ min: 0, max: 3_000_000 }),
    height: fc.integer({ min: 1, max: 1500 }),
  });
  fc.assert(
    fc.property(numbers, ({ count, columns, rowHeight, top, height }) => {
      const { first, last, before, after } = gridWindow(count, columns, rowHeight, top, height);
      const rows = Math.ceil(count / columns);
      const shown = Math.ceil((last - first) / columns);
      expect(before + shown * rowHeight + after).toBe(rows * rowHeight);
      expect(first % columns).toBe(0);
      expect(shown).toBeLessThanOrEqual(Math.ceil(height / rowHeight) + 10);
      for (const y of [top, top + height - 1]) {
        const cell = Math.floor(y / rowHeight) * columns;
        if (cell < count) expect(cell >= first && cell < last).toBe(true);
      }
    }),
  );
});

test.each([
  ["ArrowRight", 0, 1],
  ["ArrowLeft", 0, 0],
  ["ArrowDown", 1, 4],
  ["ArrowDown", 6, 6],
  ["ArrowUp", 4, 1],
  ["ArrowUp", 2, 2],
  ["Home", 5, 0],
  ["End", 0, 7],
  ["x", 3, 3],
])("%s leads from %d to %d in eight cells of three columns", (key, at, to) => {
  expect(nextCell(key, at, 8, 3)).toBe(to);
});

test("in one column nothing leads sideways", () => {
  expect(nextCell("ArrowRight", 1, 8, 1)).toBe(1);
});
