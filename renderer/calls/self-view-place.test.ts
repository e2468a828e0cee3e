import { expect, test } from "vitest";
import { cornerFor, nearestCorner, type Corner } from "./self-view-place.ts";

const start: Corner = { block: "end", inline: "end" };

test("arrow keys move it to the corner in their direction, in either direction of writing", () => {
  expect(cornerFor("ArrowUp", start, "ltr")).toEqual({ block: "start", inline: "end" });
  expect(cornerFor("ArrowLeft", start, "ltr")).toEqual({ block: "end", inline: "start" });
  expect(cornerFor("ArrowLeft", start, "rtl")).toEqual({ block: "end", inline: "end" });
  expect(cornerFor("ArrowRight", start, "rtl")).toEqual({ block: "end", inline: "start" });
  expect(cornerFor("ArrowDown", start, "ltr")).toEqual(start);
  expect(cornerFor("a", start, "ltr")).toBeNull();
});

test("let go, it settles in the nearest corner", () => {
  const stage = { left: 100, top: 100, width: 400, height: 300 };
  const at = (left: number, top: number) => ({ left, top, width: 80, height: 50 });
  expect(nearestCorner(at(110, 110), stage, "ltr")).toEqual({ block: "start", inline: "start" });
  expect(nearestCorner(at(410, 110), stage, "ltr")).toEqual({ block: "start", inline: "end" });
  expect(nearestCorner(at(410, 340), stage, "rtl")).toEqual({ block: "end", inline: "start" });
});
