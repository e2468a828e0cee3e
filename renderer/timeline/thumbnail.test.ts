import { expect, test } from "vitest";
import { thumbnailFor } from "./thumbnail.ts";

const path = "media/x/a?width=800&height=600&method=scale";

test.each([
  [{ width: 300, height: 200 }, 1, "width=320&height=240"],
  [{ width: 480, height: 360 }, 1, "width=640&height=480"],
  [{ width: 200, height: 200 }, 2, "width=640&height=480"],
  [{ width: 400, height: 300 }, 2, "width=800&height=600"],
  [{ width: 480, height: 360 }, 3, "width=800&height=600"],
])("a box of %o at %d pixels asks for %s", (box, ratio, size) => {
  expect(thumbnailFor(path, box, ratio)).toBe(`media/x/a?${size}&method=scale`);
});

test("what has one size only is asked for as it is", () => {
  const box = { width: 10, height: 10 };
  expect(thumbnailFor("staged/abc", box, 1)).toBe("staged/abc");
  expect(thumbnailFor("media/x/a?width=72&height=72&method=crop", box, 1)).toMatch(/crop$/);
  expect(thumbnailFor(null, box, 1)).toBeNull();
});
