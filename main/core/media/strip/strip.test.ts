import { describe, expect, it } from "vitest";
import { dimensionsOf } from "../dimensions.ts";
import { jpegOf, pngOf, webpOf } from "../pictures.ts";
import { stripPhoto } from "./strip.ts";

// Small real files, made byte by byte, with what cameras and phones put into theirs.

const SECRET = "57.7089 N 11.9746 E";
const segment = (marker: number, body: Uint8Array): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};
const text = (value: string): Buffer => Buffer.from(value, "latin1");

/** Exif in either byte order, with an orientation and the place in a text beside it. */
function exif(orientation: number, order: "II" | "MM" = "II"): Buffer {
  const isLittle = order === "II";
  const tiff = Buffer.alloc(8 + 2 + 12 + 4);
  tiff.write(order, 0, "latin1");
  const short = (value: number, at: number) =>
    isLittle ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    isLittle ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  short(42, 2);
  long(8, 4);
  short(1, 8);
  short(0x0112, 10);
  short(3, 12);
  long(1, 14);
  short(orientation, 18);
  return Buffer.concat([text("Exif\0\0"), tiff, text(SECRET)]);
}

/** A frame and a scan whose data holds stuffed bytes and a restart marker. */
function photo(...segments: Buffer[]): Buffer {
  const bare = jpegOf(40, 30);
  const frame = bare.subarray(2, -2);
  const scan = Buffer.concat([segment(0xda, Buffer.alloc(6)), Buffer.from([1, 0xff, 0, 2, 0xff, 0xd0, 3])]);
  return Buffer.concat([bare.subarray(0, 2), ...segments, frame, scan, Buffer.from([0xff, 0xd9])]);
}
const reader = (bytes: Uint8Array) => (offset: number, length: number) =>
  Promise.resolve(bytes.subarray(offset, offset + length));
const strip = (type: string, bytes: Uint8Array) => {
  const stripped = stripPhoto(type, bytes);
  if (stripped === null) throw new Error("not stripped");
  return { ...stripped, text: Buffer.from(stripped.bytes).toString("latin1") };
};

describe("a JPEG", () => {
  const jfif = segment(0xe0, text("JFIF\0\x01\x02\0\0\x01\0\x01\0\0"));
  const icc = segment(0xe2, text("ICC_PROFILE\0\x01\x01colours"));
  const adobe = segment(0xee, text("Adobe\0\x64\0\0\0\0\x01"));

  it("loses Exif, XMP, IPTC, comments and what makers invent, and keeps its colours and pixels", () => {
    const hidden = [
      segment(0xe1, exif(1)),
      segment(0xe1, text(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${SECRET}`)),
      segment(0xed, text(`Photoshop 3.0\0${SECRET}`)),
      segment(0xe5, text(SECRET)),
      segment(0xfe, text(SECRET)),
    ];
    const stripped = strip("image/jpeg", photo(jfif, ...hidden, icc, adobe));
    expect(stripped.text).not.toContain(SECRET);
    expect(Buffer.from(stripped.bytes)).toEqual(photo(jfif, icc, adobe));
    expect(stripped.isTurned).toBe(false);
  });

  it.each([
    ["II" as const, 6, true],
    ["MM" as const, 8, true],
    ["MM" as const, 3, false],
  ])("keeps which way is up (%s, %d), and nothing else of its Exif", async (order, orientation, isTurned) => {
    const stripped = strip("image/jpeg", photo(jfif, segment(0xe1, exif(orientation, order))));
    expect(stripped.text).not.toContain(SECRET);
    expect(stripped.isTurned).toBe(isTurned);
    expect(strip("image/jpeg", stripped.bytes).bytes).toEqual(stripped.bytes);
    expect(stripped.text).toContain("Exif\0\0");
    const size = { width: 40, height: 30 };
    expect(await dimensionsOf("image/jpeg", reader(stripped.bytes))).toEqual(size);
  });

  it("loses the second picture that phones hide behind the first, which carries the place again", () => {
    const hidden = photo(segment(0xe1, exif(1)));
    const whole = Buffer.concat([photo(segment(0xe2, text("MPF\0somewhere behind"))), hidden]);
    expect(Buffer.from(strip("image/jpeg", whole).bytes)).toEqual(photo());
  });

  it("that was cut off in its scan stays a picture", () => {
    const cut = photo(segment(0xe1, exif(1))).subarray(0, -2);
    expect(Buffer.from(strip("image/jpeg", cut).bytes)).toEqual(photo());
  });

  it.each([
    ["cut off before its scan", photo().subarray(0, 12)],
    ["of noise", Buffer.from([0xff, 0xd8, 1, 2, 3, 4])],
    ["with a segment longer than itself", Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 1])],
    ["that is none", text("GIF89a")],
  ])("%s is not said to be clean", (_, bytes) => {
    expect(stripPhoto("image/jpeg", bytes)).toBeNull();
  });

  it("cut off or bent anywhere never throws, and never keeps the secret when it is said to be clean", () => {
    const whole = photo(jfif, segment(0xe1, exif(6)), segment(0xfe, text(SECRET)));
    for (let at = 0; at < whole.length; at++) {
      const bent = Buffer.from(whole);
      bent[at] = (bent[at] ?? 0) ^ 0xff;
      for (const bytes of [whole.subarray(0, at), bent]) stripPhoto("image/jpeg", bytes);
      const cut = stripPhoto("image/jpeg", whole.subarray(0, at));
      if (cut !== null) expect(Buffer.from(cut.bytes).toString("latin1")).not.toContain(SECRET);
    }
  });
});

describe("a PNG", () => {
  const chunk = (type: string, body: string): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length, 0);
    head.write(type, 4, "latin1");
    return Buffer.concat([head, text(body), Buffer.alloc(4)]);
  };
  const withChunks = (png: Buffer, ...chunks: Buffer[]): Buffer =>
    Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);

  it("loses Exif, texts, XMP, times and what stands behind its end, and keeps its colours", () => {
    const plain = withChunks(pngOf(8, 6), chunk("gAMA", "abcd"));
    const told = withChunks(
      pngOf(8, 6),
      chunk("gAMA", "abcd"),
      chunk("eXIf", SECRET),
      chunk("tEXt", SECRET),
      chunk("iTXt", `XML:com.adobe.xmp\0${SECRET}`),
      chunk("tIME", "1234567"),
    );
    const stripped = strip("image/png", Buffer.concat([told, text(SECRET)]));
    expect(Buffer.from(stripped.bytes)).toEqual(plain);
  });

  it("cut off is not said to be clean", () => {
    expect(stripPhoto("image/png", pngOf(8, 6).subarray(0, -6))).toBeNull();
  });
});

describe("a WebP", () => {
  const chunk = (type: string, body: string): Buffer => {
    const head = Buffer.alloc(8);
    head.write(type, 0, "latin1");
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, text(body), Buffer.alloc(body.length % 2)]);
  };
  const webp = (...chunks: Buffer[]): Buffer => {
    const whole = Buffer.concat([text("RIFF\0\0\0\0WEBP"), ...chunks]);
    whole.writeUInt32LE(whole.length - 8, 4);
    return whole;
  };

  it("loses Exif and XMP, says so in its header, and keeps picture and colours", async () => {
    const extended = (flags: number): Buffer => {
      const body = Buffer.from(webpOf("VP8X", 20, 10).subarray(20, 30));
      body[0] = flags;
      return chunk("VP8X", body.toString("latin1"));
    };
    const picture = chunk("VP8 ", "picture");
    const told = webp(
      extended(0x2c),
      chunk("ICCP", "icc"),
      picture,
      chunk("EXIF", SECRET),
      chunk("XMP ", SECRET),
    );
    const stripped = strip("image/webp", told);
    expect(Buffer.from(stripped.bytes)).toEqual(webp(extended(0x20), chunk("ICCP", "icc"), picture));
    expect(await dimensionsOf("image/webp", reader(stripped.bytes))).toEqual({ width: 20, height: 10 });
  });
});

it("leaves alone what can hold no such thing", () => {
  expect(stripPhoto("image/gif", text("GIF89a"))).toBeNull();
});
