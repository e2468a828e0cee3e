import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "./rows.ts";
import { ScrollModel } from "./scroll-model.ts";
import { message } from "./testing/items.ts";

const row = (key: string, height = -1): Row => ({
  kind: "item",
  key,
  item: message(key),
  isFollower: false,
  isInRun: false,
  height,
});
const rows = (count: number, prefix = "r", height = 50): Row[] =>
  Array.from({ length: count }, (_, i) => row(`${prefix}${i}`, height));

function modelOf(list: readonly Row[], view = 500): ScrollModel {
  const model = new ScrollModel(() => 30);
  model.setView(view);
  model.setRows(list);
  return model;
}
/** Where a row is in the view, px below its top. */
const place = (model: ScrollModel, key: string): number =>
  model.offset(model.rows.findIndex((one) => one.key === key)) - model.top;

test("a room opens at its end and stays there when something comes", () => {
  const list = rows(100);
  const model = modelOf(list);
  expect(model.top).toBe(4500);
  model.setRows([...list, row("new", 80)]);
  expect(model.top).toBe(4580);
  expect(model.isAtEnd).toBe(true);
});

test("history of the same day keeps the line although the day's divider goes up to its first message", () => {
  const divider: Row = {
    kind: "item",
    key: "date-1",
    item: { id: "date-1", kind: "date", ts: 1 },
    isFollower: false,
    isInRun: false,
    height: 50,
  };
  const list = rows(100);
  const model = modelOf([divider, ...list]);
  model.scrolled(0);
  const before = place(model, "r0");
  model.setRows([divider, ...rows(50, "old", -1), ...list]);
  expect(place(model, "r0")).toBe(before);
});

test("away from the end, what comes below moves nothing", () => {
  const list = rows(100);
  const model = modelOf(list);
  model.scrolled(2000);
  model.setRows([...list, row("new", 80)]);
  expect(model.top).toBe(2000);
  expect(model.isAtEnd).toBe(false);
});

test("history put in above keeps the line, also when its heights were guessed wrong", () => {
  const list = rows(100);
  const model = modelOf(list);
  model.scrolled(310);
  const before = place(model, "r7");
  model.setRows([...rows(50, "old", -1), ...list]);
  expect(place(model, "r7")).toBe(before);
  expect(
    model.measured(
      30,
      Array.from({ length: 20 }, () => 71),
    ),
  ).toBe(true);
  expect(place(model, "r7")).toBe(before);
});

test("at the start of what is loaded, a guess that was too large moves nothing, and leaves no gap once there is room", () => {
  const list = [...rows(3, "guessed", -1), ...rows(100)];
  const model = modelOf(list);
  model.setEnds(48, 0);
  model.scrolled(300);
  model.scrolled(0);
  const before = place(model, "r0");
  model.measured(0, [20, 20, 20]);
  expect([place(model, "r0"), model.top]).toEqual([before, 0]);
  model.setRows([...list, row("new", 80)]);
  expect(place(model, "r0")).toBe(before);
  model.scrolled(100);
  model.measured(90, [60]);
  expect(place(model, "r0")).toBe(before - 100);
  expect(model.offset(0)).toBe(48);
});

test("history that comes takes the place of the gap that a guess has left", () => {
  const list = [...rows(3, "guessed", -1), ...rows(100)];
  const model = modelOf(list);
  model.scrolled(300);
  model.scrolled(0);
  const before = place(model, "r0");
  model.measured(0, [20, 20, 20]);
  model.setRows([...rows(50, "old"), ...list]);
  expect(place(model, "r0")).toBe(before);
  expect(model.offset(0)).toBe(0);
});

test("what comes into view by a step, and grows in that very frame, does not push away what was read", () => {
  const model = modelOf(rows(100));
  model.scrolled(2000);
  model.scrolled(1900);
  const before = place(model, "r40");
  // The row that is first in view now, and one that was above the view all the time.
  model.measured(38, [130]);
  model.measured(20, [90]);
  expect(place(model, "r40")).toBe(before);
});

test("once the step is over, what is first in view is what is read", () => {
  const model = modelOf(rows(100));
  model.scrolled(2000);
  model.scrolled(1900);
  model.stand();
  model.measured(38, [130]);
  expect(place(model, "r38")).toBe(0);
  model.goTo("r50", 100);
  model.stand();
  model.measured(45, [90]);
  expect(place(model, "r50")).toBe(100);
});

test("a picture that grows above the line moves the offset, not the line", () => {
  const model = modelOf(rows(100));
  model.scrolled(2010);
  const { first } = model.range();
  const read = place(model, "r41");
  model.measured(first, [350]);
  expect(place(model, "r41")).toBe(read);
  expect(model.top).toBe(2310);
});

test("the row half out of view may grow: the first whole one is the one being read", () => {
  const model = modelOf(rows(100));
  model.scrolled(2010);
  const read = place(model, "r41");
  model.measured(40, [120]);
  expect(place(model, "r41")).toBe(read);
});

test("a long step into rows of guessed height moves nothing that was in view when they are measured", () => {
  const model = modelOf([...rows(50, "old", -1), ...rows(100)]);
  // 50 guessed rows of 30 px; the step ends 300 px above the measured ones.
  model.scrolled(50 * 30);
  model.scrolled(50 * 30 - 300);
  const before = place(model, "r0");
  expect(before).toBe(300);
  expect(
    model.measured(
      35,
      Array.from({ length: 15 }, () => 47),
    ),
  ).toBe(true);
  expect(place(model, "r0")).toBe(before);
});

test("when the row being read is deleted, the next one holds", () => {
  const list = rows(100);
  const model = modelOf(list);
  model.scrolled(2000);
  const next = place(model, "r41");
  model.setRows([...rows(5, "old", 60), ...list.filter((one) => one.key !== "r40")]);
  expect(place(model, "r41")).toBe(next);
});

test("without change in height nothing is measured anew", () => {
  const model = modelOf(rows(10));
  expect(model.measured(0, [50, 50.3])).toBe(false);
});

test("the indicator above the first row goes without a jump", () => {
  const model = modelOf(rows(100));
  model.setEnds(48, 12);
  model.scrolled(1000);
  const read = place(model, "r20");
  model.setEnds(0, 12);
  expect(place(model, "r20")).toBe(read);
});

test("the new line is shown where it was asked for; at the very end, the end holds", () => {
  const list = rows(100);
  const model = modelOf(list);
  expect(model.goTo("r50", 100)).toBe(true);
  expect(place(model, "r50")).toBe(100);
  model.goTo("r99", 100);
  model.rest();
  expect(model.isAtEnd).toBe(true);
  expect(model.goTo("none", 0)).toBe(false);
});

test("a smaller view keeps the end in view when it was in view", () => {
  const model = modelOf(rows(100));
  model.setView(300);
  expect(model.top).toBe(4700);
  model.scrolled(1000);
  model.setView(500);
  expect(model.top).toBe(1000);
});

test("few rows are in the page, and the view is always covered with something to spare", () => {
  const model = modelOf(rows(20_000, "r", 24), 800);
  for (const top of [0, 10, 4000, 200_000, 479_200]) {
    model.scrolled(top);
    const range = model.range();
    expect(range.last - range.first).toBeLessThanOrEqual(60);
    expect(model.offset(range.first)).toBeLessThanOrEqual(top);
    expect(model.offset(range.last)).toBeGreaterThanOrEqual(Math.min(top + 800, model.total));
    expect(model.covers(range)).toBe(true);
  }
});

test("an empty room has an end too", () => {
  const model = modelOf([]);
  expect(model.top).toBe(0);
  expect(model.range()).toEqual({ first: 0, last: 0 });
  model.setRows([row("first", 20)]);
  expect(model.isAtEnd).toBe(true);
});

test("THE LINE BEING READ NEVER MOVES: any changes above, below and around it", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("above"), count: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant("below"), count: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant("remove"), count: fc.nat(200) }),
    fc.record({ kind: fc.constant("measure"), count: fc.integer({ min: 20, max: 400 }) }),
    fc.record({ kind: fc.constant("lead"), count: fc.constantFrom(0, 48) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1200, max: 2800 }), fc.array(step, { maxLength: 30 }), (top, steps) => {
      let list = rows(80);
      let made = 0;
      const model = modelOf(list);
      model.scrolled(top);
      const anchor = model.anchor;
      if (anchor.at !== "rows") throw new Error("in the middle");
      const read = anchor.rows[0]!;
      for (const { kind, count } of steps) {
        const at = list.findIndex((one) => one.key === read.key);
        if (kind === "above") list = [...rows(count, `a${made++}-`, -1), ...list];
        if (kind === "below") list = [...list, ...rows(count, `b${made++}-`, -1)];
        // The line itself stays: what happens when it goes has a test of its own.
        if (kind === "remove" && count % list.length < at)
          list = list.filter((_, i) => i !== count % list.length);
        if (kind === "lead") model.setEnds(count, 12);
        else if (kind === "measure")
          model.measured(Math.max(0, at - 5), [count, count / 2, count, count, count]);
        else model.setRows(list);
        // Where there is not enough above or below, the edge of the content wins.
        if (model.top === 0 || model.top >= model.total - model.view) return;
        expect(place(model, read.key)).toBeCloseTo(read.offset, 6);
      }
    }),
    { numRuns: 1000 },
  );
});
