import { expect, test } from "vitest";
import { squareOf } from "./crop.ts";

const wide = { width: 400, height: 200 };

test.each([
  ["the middle", wide, { zoom: 1, x: 0.5, y: 0.5 }, { left: 100, top: 0, side: 200 }],
  ["the start", wide, { zoom: 1, x: 0, y: 0 }, { left: 0, top: 0, side: 200 }],
  ["nearer, at the end", wide, { zoom: 2, x: 1, y: 1 }, { left: 300, top: 100, side: 100 }],
  ["a tall one", { width: 100, height: 300 }, { zoom: 1, x: 0.5, y: 1 }, { left: 0, top: 200, side: 100 }],
  ["never outside", wide, { zoom: 0.1, x: -3, y: 9 }, { left: 0, top: 0, side: 200 }],
])("%s", (_what, picture, crop, expected) => {
  expect(squareOf(picture, crop)).toEqual(expected);
});
