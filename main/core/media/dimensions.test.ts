import { expect, test } from "vitest";
import { dimensionsOf } from "./dimensions.ts";
import { avifOf, gifOf, jpegOf, pngOf, webpOf } from "./pictures.ts";

const sizeOf = (type: string, file: Uint8Array) =>
  dimensionsOf(type, (offset, length) => Promise.resolve(file.subarray(offset, offset + length)));

test.each([
  ["image/png", pngOf(640, 480)],
  ["image/gif", gifOf(640, 480)],
  ["image/jpeg", jpegOf(640, 480)],
  ["image/jpeg", jpegOf(640, 480, [65_533, 65_533, 20])],
  ["image/webp", webpOf("VP8 ", 640, 480)],
  ["image/webp", webpOf("VP8L", 640, 480)],
  ["image/webp", webpOf("VP8X", 640, 480)],
  ["image/avif", avifOf(640, 480)],
])("the size of an %s is in its header", async (type, file) => {
  expect(await sizeOf(type, file)).toEqual({ width: 640, height: 480 });
});

test("sizes beyond any screen are read as they are", async () => {
  expect(await sizeOf("image/png", pngOf(2 ** 31 - 1, 2 ** 31 - 1))).toEqual({
    width: 2 ** 31 - 1,
    height: 2 ** 31 - 1,
  });
  expect(await sizeOf("image/webp", webpOf("VP8X", 2 ** 24, 2 ** 24))).toEqual({
    width: 2 ** 24,
    height: 2 ** 24,
  });
  expect(await sizeOf("image/webp", webpOf("VP8L", 16384, 16384))).toEqual({ width: 16384, height: 16384 });
  expect(await sizeOf("image/jpeg", jpegOf(65535, 65535))).toEqual({ width: 65535, height: 65535 });
});

test.each([
  ["image/png", pngOf(640, 480).subarray(0, 20)],
  ["image/png", pngOf(0, 480)],
  ["image/gif", gifOf(640, 480).subarray(0, 8)],
  ["image/jpeg", jpegOf(640, 480, [60_000]).subarray(0, 50_000)],
  ["image/jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xd9, 0, 0, 0, 0, 0, 0, 0, 0])],
  ["image/jpeg", Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(100_000, 0xff)])],
  ["image/webp", webpOf("VP8 ", 1, 1).subarray(0, 29)],
  ["image/avif", Buffer.from("\0\0\0\x18ftypavif\0\0\0\0mif1miafispe", "latin1")],
  ["video/mp4", Buffer.alloc(100)],
])("a broken %s has none", async (type, file) => expect(await sizeOf(type, file)).toBeNull());
