import { deflateSync } from "node:zlib";

// Test support: pictures made byte by byte, sound ones and hostile ones.

const chunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, data, Buffer.alloc(4)]);
};

/** A PNG whose header says this size; the pixels behind it are few, whatever it says. */
export function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.alloc(64));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function gifOf(width: number, height: number): Buffer {
  const gif = Buffer.from("GIF89a\0\0\0\0\0\0\0;", "latin1");
  gif.writeUInt16LE(width, 6);
  gif.writeUInt16LE(height, 8);
  return gif;
}

/** A JPEG with segments of these lengths (a preview, a profile) before its frame. */
export function jpegOf(width: number, height: number, segments: readonly number[] = []): Buffer {
  const before = segments.map((length) => {
    const segment = Buffer.alloc(2 + length);
    segment.set([0xff, 0xe1]);
    segment.writeUInt16BE(length, 2);
    return segment;
  });
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 0, 0, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...before, frame, Buffer.from([0xff, 0xd9])]);
}

export function webpOf(kind: "VP8 " | "VP8L" | "VP8X", width: number, height: number): Buffer {
  const webp = Buffer.alloc(40);
  webp.write(`RIFF\x20\0\0\0WEBP${kind}`, "latin1");
  if (kind === "VP8 ") {
    webp.writeUInt16LE(width, 26);
    webp.writeUInt16LE(height, 28);
  } else if (kind === "VP8L") {
    webp[20] = 0x2f;
    webp.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0, 21);
  } else {
    webp.writeUIntLE(width - 1, 24, 3);
    webp.writeUIntLE(height - 1, 27, 3);
  }
  return webp;
}

export function avifOf(width: number, height: number): Buffer {
  const sizes = Buffer.alloc(20);
  sizes.write("\0\0\0\x14ispe", "latin1");
  sizes.writeUInt32BE(width, 12);
  sizes.writeUInt32BE(height, 16);
  return Buffer.concat([Buffer.from("\0\0\0\x18ftypavif\0\0\0\0mif1miaf", "latin1"), sizes]);
}
