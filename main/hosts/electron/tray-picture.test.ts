import { expect, test } from "vitest";
import { drawTray, trayLook, TRAY_SCALES, TRAY_SIZE } from "./tray-picture.ts";

const none = { messages: 0, mentions: 0 };
const onDark = { isDarkPanel: true, hasOutline: false };
const onLight = { isDarkPanel: false, hasOutline: false };

/** Red, green, blue and alpha at a place of the unit square. */
function at(bitmap: Buffer, size: number, x: number, y: number): number[] {
  const from = (Math.floor(y * size) * size + Math.floor(x * size)) * 4;
  const [blue, green, red, alpha] = bitmap.subarray(from, from + 4);
  return [red ?? -1, green ?? -1, blue ?? -1, alpha ?? -1];
}

test.each(TRAY_SCALES)("is a picture of its own at scale %f, with nothing at its edge", (scale) => {
  const size = Math.round(TRAY_SIZE * scale);
  const bitmap = drawTray({ size, unread: none, look: onDark });
  expect(bitmap).toHaveLength(size * size * 4);
  expect(at(bitmap, size, 0, 0)).toEqual([0, 0, 0, 0]);
  expect(at(bitmap, size, 0.6, 0.5)).toEqual([255, 255, 255, 255]);
});

test("can be seen on light and on dark panels", () => {
  const [dark, light] = [onDark, onLight].map((look) =>
    at(drawTray({ size: 32, unread: none, look }), 32, 0.6, 0.5),
  );
  expect(dark).toEqual([255, 255, 255, 255]);
  expect(light).toEqual([28, 32, 38, 255]);
});

const [white, black, nothing] = [
  [255, 255, 255, 255],
  [28, 32, 38, 255],
  [0, 0, 0, 0],
];
/** A place of the bird, and one just outside of it. */
const [bird, beside] = [
  [0.6, 0.5],
  [0.6, 0.09],
] as const;
test.each([
  // platform, dark apps, dark bar, unread: the bird, what is around it, whether a Mac colours it
  ["linux", false, false, 0, black, white, false],
  ["linux", true, false, 0, white, black, false],
  ["linux", false, false, 2, black, white, false],
  ["win32", false, true, 0, white, nothing, false],
  ["win32", true, false, 3, black, nothing, false],
  ["darwin", false, true, 0, black, nothing, true],
  ["darwin", false, true, 1, white, nothing, false],
  ["darwin", true, false, 1, black, nothing, false],
] as const)(
  "on %s with dark apps: %s, a dark bar: %s, and %i unread",
  (platform, shouldUseDarkColors, isDarkBar, messages, ofBird, ofRim, isTemplate) => {
    const unread = { messages, mentions: 0 };
    const theme = { platform, shouldUseDarkColors, shouldUseDarkColorsForSystemIntegratedUI: isDarkBar };
    const look = trayLook(theme, unread);
    const bitmap = drawTray({ size: 64, unread, look });
    expect(at(bitmap, 64, ...bird)).toEqual(ofBird);
    expect(at(bitmap, 64, ...beside)).toEqual(ofRim);
    expect(look.isTemplate).toBe(isTemplate);
  },
);

test("tells by the colour of its dot whether somebody means the user", () => {
  const dot = (unread: typeof none): number[] =>
    at(drawTray({ size: 32, unread, look: onDark }), 32, 0.77, 0.77);
  expect(dot({ messages: 3, mentions: 0 })).toEqual([22, 115, 173, 255]);
  expect(dot({ messages: 3, mentions: 1 })).toEqual([224, 60, 72, 255]);
});

test("no channel is brighter than its alpha: the system takes colours premultiplied", () => {
  const bitmap = drawTray({ size: 20, unread: { messages: 1, mentions: 1 }, look: onDark });
  for (let i = 0; i < bitmap.length; i += 4)
    for (const channel of [0, 1, 2]) expect(bitmap[i + channel]).toBeLessThanOrEqual(bitmap[i + 3] ?? 0);
});
