import { describe, expect, it } from "vitest";
import {
  box,
  filmOf,
  full,
  pictureOf,
  SECRET,
  SPHERE_UUID,
  TELLING_BOXES,
  tiffOf,
  u32,
  u8,
  XMP_UUID,
  type FilmOptions,
  type PictureOptions,
} from "./containers.ts";
import { chances, clean, expectClean, expectOnlyGone, stripped } from "./strip-rig.ts";
import { stripperInPlace } from "./strip.ts";

// Containers of every make, at random but the same each time: what tells a place goes, every other byte stays.

function anyFilm(next: () => number): FilmOptions {
  const maybe = (): boolean => next() < 0.5;
  return {
    brand: maybe() ? "isom" : "qt  ",
    isTableFirst: maybe(),
    isLong: maybe(),
    isQuickTime: maybe(),
    hasTelemetry: maybe(),
    told: TELLING_BOXES.filter(maybe),
    hasKeys: maybe(),
    uuids: [XMP_UUID, SPHERE_UUID].filter(maybe),
  };
}
function anyPicture(next: () => number): PictureOptions {
  const maybe = (): boolean => next() < 0.5;
  return {
    brand: maybe() ? "heic" : "avif",
    version: ([0, 1, 2] as const)[Math.floor(next() * 3)] ?? 0,
    isInside: maybe(),
    offsetBytes: maybe() ? 4 : 8,
    baseBytes: maybe() ? 0 : 4,
    hasExif: maybe(),
    hasXmp: maybe(),
    hasMotion: maybe(),
  };
}
const everything: FilmOptions = {
  ...{ brand: "isom", isTableFirst: true, isLong: false, isQuickTime: false, hasTelemetry: true },
  ...{ told: TELLING_BOXES, hasKeys: true, uuids: [XMP_UUID, SPHERE_UUID] },
};
const wholePicture: PictureOptions = {
  ...{ brand: "heic", version: 1, isInside: false, offsetBytes: 4, baseBytes: 0 },
  ...{ hasExif: true, hasXmp: true, hasMotion: true },
};

describe("a film", () => {
  it("loses places, makers and telemetry, and keeps sound, picture, title and its way of being shown", async () => {
    const film = filmOf(everything);
    await expectClean(film);
    const after = await clean(film.bytes);
    for (const kept of ["The old quay", "Quay!", "30.0", "<sphere/>"])
      expect(after.includes(kept)).toBe(true);
  });

  it("of any make, 300 times", async () => {
    const next = chances(1);
    for (let i = 0; i < 300; i++) await expectClean(filmOf(anyFilm(next)));
  });

  it("with user data whose boxes are bent loses all of it", async () => {
    const bent = Buffer.concat([u32(900), Buffer.from(`©xyz${SECRET}`, "latin1")]);
    const bytes = Buffer.concat([box("ftyp", Buffer.from("isom")), box("moov", box("udta", bent))]);
    expectOnlyGone(bytes, await clean(bytes), [box("udta", bent)]);
  });

  it("with the XML of a camera beside it loses that", async () => {
    const handler = full("hdlr", 0, u32(0), Buffer.from("nrtm"), Buffer.alloc(13));
    const xml = full("xml ", 0, Buffer.from(`<NonRealTimeMeta>${SECRET}`));
    const bytes = Buffer.concat([
      box("ftyp", Buffer.from("XAVC")),
      box("moov"),
      full("meta", 0, handler, xml),
    ]);
    expectOnlyGone(bytes, await clean(bytes), [xml]);
  });

  it("that was broken off in its sound and picture is cleaned as far as it goes", async () => {
    const { bytes } = filmOf({ ...everything, uuids: [] });
    const after = await clean(bytes.subarray(0, bytes.length - 20));
    expect(after.includes(SECRET)).toBe(false);
  });

  it.each([
    ["with packed tables", box("moov", box("cmov", Buffer.from("zlib")))],
    ["without tables", box("mdat", Buffer.from("sound"))],
    ["cut off in its tables", filmOf(everything).bytes.subarray(20, 300)],
    ["with a part after its end", Buffer.concat([box("moov"), Buffer.from("ten bytes!")])],
  ])("%s is not said to be clean", async (_, rest) => {
    expect(await stripped(Buffer.concat([box("ftyp", Buffer.from("isom")), rest]))).toBeNull();
  });
});

describe("a HEIF or AVIF picture", () => {
  it("loses Exif, XMP and the film behind it, and no reader finds them bent", async () => {
    const picture = pictureOf(wholePicture);
    await expectClean(picture);
    const after = await clean(picture.bytes);
    expect(after.includes(Buffer.from("\0\0\0\0MM\0*\0\0\0\x08\0\0", "latin1"))).toBe(true);
    expect(after.includes('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>   ')).toBe(true);
  });

  it("of any make, 300 times", async () => {
    const next = chances(2);
    for (let i = 0; i < 300; i++) await expectClean(pictureOf(anyPicture(next)));
  });

  it("whose Exif is said to lie in the picture is left alone", async () => {
    const { bytes } = pictureOf({ ...wholePicture, hasXmp: false, hasMotion: false });
    const exif = bytes.indexOf("\0\0\0\0MM");
    const bent = Buffer.from(bytes);
    // The place of the Exif becomes that of the first byte of the picture.
    bent.writeUInt32BE(bytes.indexOf("mdat") + 4, bytes.indexOf(u32(exif)));
    expect(await stripped(bent)).toBeNull();
  });
});

describe("a TIFF", () => {
  it("loses its place and XMP, and keeps its pages, its maker and its time, 200 times", async () => {
    const next = chances(3);
    const maybe = (): boolean => next() < 0.5;
    for (let i = 0; i < 200; i++) {
      const { bytes, pixels } = tiffOf({
        ...{ isLittle: maybe(), isBig: maybe(), hasGps: maybe(), hasXmp: maybe(), hasExif: maybe() },
        pages: 1 + Math.floor(next() * 3),
      });
      const after = await clean(bytes);
      expect(after.includes(SECRET)).toBe(false);
      expect(after.length).toBe(bytes.length);
      for (const page of pixels) expect(after.indexOf(page)).toBe(bytes.indexOf(page));
      for (const kept of ["Maker of cameras", "2026:11:21 17:00:00"])
        expect(after.includes(kept)).toBe(bytes.includes(kept));
      expect((await clean(after)).equals(after)).toBe(true);
    }
  });

  it("that tells nothing stays byte for byte", async () => {
    const plain = { isLittle: true, isBig: false, hasGps: false, hasXmp: false, hasExif: true, pages: 2 };
    const { bytes } = tiffOf(plain);
    expect((await clean(bytes)).equals(bytes)).toBe(true);
  });

  it.each([
    ["cut off", Buffer.from("II*\0\x08\0", "latin1")],
    ["whose directory lies outside of it", Buffer.from("II*\0\xff\xff\0\0", "latin1")],
    ["of nothing", Buffer.from("MM\0*\0\0\0\0", "latin1")],
  ])("%s is not said to be clean", async (_, bytes) => {
    expect(await stripped(bytes)).toBeNull();
  });
});

describe("a bent file", () => {
  const films = filmOf({ ...everything, hasKeys: false, uuids: [] });
  const tiff = tiffOf({ isLittle: false, isBig: false, hasGps: true, hasXmp: true, hasExif: true, pages: 2 });
  const picture = pictureOf({ ...wholePicture, hasMotion: false });
  /** What is seen of it: found by where the cleaner must not write. */
  const seen: readonly (readonly [string, Buffer, readonly Buffer[]])[] = [
    ["film", films.bytes, [1, 2, 3].map((seed) => pixelsOf(seed, [90, 70, 110][seed - 1] ?? 0))],
    ["picture", picture.bytes, [pixelsOf(5, 200)]],
    ["TIFF", tiff.bytes, tiff.pixels],
  ];
  it.each(seen)("(%s) in any byte never throws, and never loses what is seen", async (_, bytes, parts) => {
    const next = chances(4);
    for (let at = 0; at < bytes.length; at++) {
      const bent = Buffer.from(bytes);
      bent[at] = next() < 0.5 ? (bent[at] ?? 0) ^ 0xff : Math.floor(next() * 256);
      const after = await stripped(bent);
      if (after === null) continue;
      for (const part of parts) {
        const from = bytes.indexOf(part);
        const is = after.subarray(from, from + part.length);
        expect(is.equals(bent.subarray(from, from + part.length)), `byte ${at}`).toBe(true);
      }
    }
  });
  it.each(seen)("(%s) cut off anywhere, or in many places, never throws", async (_, bytes) => {
    const next = chances(5);
    for (let at = 0; at < bytes.length; at++) await stripped(bytes.subarray(0, at));
    for (let i = 0; i < 2000; i++) {
      const bent = Buffer.from(bytes);
      for (let times = 1 + next() * 8; times > 0; times--)
        bent[Math.floor(next() * bent.length)] = [0, 1, 0x7f, 0xff][Math.floor(next() * 4)] ?? 0;
      await stripped(bent);
    }
  });
});

/** As containers.ts makes them. */
function pixelsOf(seed: number, length: number): Buffer {
  return u8(...Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 0xff));
}

it.each(["GIF89a..", "%PDF-1.7", "\x1aE\xdf\xa3webm", "OggS\0\0\0\0"])("%j holds no place", (head) => {
  expect(stripperInPlace(Buffer.from(head, "latin1"))).toBeNull();
});
