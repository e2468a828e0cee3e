import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadBounds, saveBounds } from "./window-bounds.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "dunlin-bounds-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const second = { x: 1920, y: 0, width: 1280, height: 1024 };
const bounds = { x: 2000, y: 50, width: 900, height: 700 };

test("a window comes back where it was", () => {
  saveBounds(dir, bounds, true, [screen, second]);
  expect(loadBounds(dir, [screen, second])).toEqual({ ...bounds, isMaximized: true });
});

test("each arrangement of screens has a place of its own", () => {
  saveBounds(dir, bounds, false, [screen, second]);
  saveBounds(dir, { ...bounds, x: 30 }, true, [screen]);
  expect(loadBounds(dir, [second, screen])).toEqual({ ...bounds, isMaximized: false });
  expect(loadBounds(dir, [screen])).toMatchObject({ x: 30, isMaximized: true });
  // As many as a life has, not one for each beamer.
  for (let n = 1; n <= 20; n++) saveBounds(dir, bounds, false, [{ ...screen, width: 1000 + n }]);
  expect(loadBounds(dir, [screen])).toMatchObject({ width: 900, height: 700 });
  expect(readFileSync(join(dir, "window.json"), "utf8").match(/"key"/g)).toHaveLength(8);
});

test("on a screen that is gone it keeps its size and gets a new place", () => {
  saveBounds(dir, bounds, false, [screen, second]);
  expect(loadBounds(dir, [screen])).toEqual({ width: 900, height: 700, isMaximized: false });
});

test.each([
  ["hardly on it at the right", { ...bounds, x: 1900 }],
  ["with its title bar above it", { ...bounds, x: 10, y: -40 }],
])("%s it could not be grabbed, so it gets a new place", (_where, at) => {
  saveBounds(dir, at, false, [second]);
  expect(loadBounds(dir, [screen])).not.toHaveProperty("x");
});

test.each(["", "{", "[]", '{"x":0,"y":0,"width":1,"height":1,"isMaximized":false}'])(
  "with %j in the file the window opens as the first time",
  (text) => {
    writeFileSync(join(dir, "window.json"), text);
    expect(loadBounds(dir, [screen])).toEqual({ width: 1200, height: 800, isMaximized: false });
  },
);
