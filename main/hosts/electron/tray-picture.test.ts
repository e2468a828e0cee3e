import { expect, test } from "vitest";
import { drawTray, TRAY_SCALES, TRAY_SIZE } from "./tray-picture.ts";

const none = { messages: 0, mentions: 0 };

/** Red, green, blue and alpha at a place of the unit square. */
function at(bitmap: Buffer, size: number, x: number, y: number): number[] {
  const from = (Math.floor(y * size) * size + Math.floor(x * size)) * 4;
  const [blue, green, red, alpha] = bitmap.subarray(from, from + 4);
  return [red ?? -1, green ?? -1, blue ?? -1, alpha ?? -1];
}

test.each(TRAY_SCALES)("is a picture of its own at scale %f, with nothing at its edge", (scale) => {
  const size = Math.round(TRAY_SIZE * scale);
  const bitmap = drawTray({ size, unread: none, isDarkPanel: true });
  expect(bitmap).toHaveLength(size * size * 4);
  expect(at(bitmap, size, 0, 0)).toEqual([0, 0, 0, 0]);
  expect(at(bitmap, size, 0.6, 0.5)).toEqual([255, 255, 255, 255]);
});

test("can be seen on light and on dark panels", () => {
  const [onDark, onLight] = [true, false].map((isDarkPanel) =>
    at(drawTray({ size: 32, unread: none, isDarkPanel }), 32, 0.6, 0.5),
  );
  expect(onDark).toEqual([255, 255, 255, 255]);
  expect(onLight).toEqual([28, 32, 38, 255]);
});

test("tells by the colour of its dot whether somebody means the user", () => {
  const dot = (unread: typeof none): number[] =>
    at(drawTray({ size: 32, unread, isDarkPanel: true }), 32, 0.77, 0.77);
  expect(dot({ messages: 3, mentions: 0 })).toEqual([22, 115, 173, 255]);
  expect(dot({ messages: 3, mentions: 1 })).toEqual([224, 60, 72, 255]);
});

test("no channel is brighter than its alpha: the system takes colours premultiplied", () => {
  const bitmap = drawTray({ size: 20, unread: { messages: 1, mentions: 1 }, isDarkPanel: true });
  for (let i = 0; i < bitmap.length; i += 4)
    for (const channel of [0, 1, 2]) expect(bitmap[i + channel]).toBeLessThanOrEqual(bitmap[i + 3] ?? 0);
});
