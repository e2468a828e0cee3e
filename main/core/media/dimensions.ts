// Width and height of a picture from its header, before anything decodes it (ATT-15). Pure but for `read`.

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** Up to `length` bytes from `offset`; fewer at the end of the file. */
export type Read = (offset: number, length: number) => Promise<Uint8Array>;

/** Null when the header does not say, which in a sound file it does. */
export async function dimensionsOf(contentType: string, read: Read): Promise<Dimensions | null> {
  switch (contentType) {
    case "image/png":
      return png(await read(0, 24));
    case "image/gif":
      return gif(await read(0, 10));
    case "image/webp":
      return webp(await read(0, 30));
    case "image/jpeg":
      return jpeg(read);
    case "image/avif":
      return avif(await read(0, 65_536));
    default:
      return null;
  }
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const ascii = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));
const sound = (width: number, height: number): Dimensions | null =>
  width > 0 && height > 0 ? { width, height } : null;

function png(head: Uint8Array): Dimensions | null {
  if (head.length < 24 || ascii(head, 12, 4) !== "IHDR") return null;
  return sound(view(head).getUint32(16), view(head).getUint32(20));
}

function gif(head: Uint8Array): Dimensions | null {
  return head.length < 10 ? null : sound(view(head).getUint16(6, true), view(head).getUint16(8, true));
}

function webp(head: Uint8Array): Dimensions | null {
  if (head.length < 30) return null;
  const data = view(head);
  switch (ascii(head, 12, 4)) {
    case "VP8X":
      return sound((data.getUint32(24, true) & 0xffffff) + 1, (data.getUint32(26, true) >>> 8) + 1);
    case "VP8L": {
      const bits = data.getUint32(21, true);
      return sound((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case "VP8 ":
      return sound(data.getUint16(26, true) & 0x3fff, data.getUint16(28, true) & 0x3fff);
    default:
      return null;
  }
}

/** More segments than any camera writes; each step is one small read. */
const MAX_SEGMENTS = 200;

/** Walks over the segments to the start of frame, which may lie behind large embedded previews and profiles. */
async function jpeg(read: Read): Promise<Dimensions | null> {
  let offset = 2;
  for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
    const head = await read(offset, 9);
    if (head.length < 9 || head[0] !== 0xff) return null;
    const marker = head[1] ?? 0;
    if (marker === 0xff) {
      offset += 1; // fill byte
      continue;
    }
    // SOF0…SOF15 but for the tables DHT, JPG and DAC, which lie in between.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return sound(view(head).getUint16(7), view(head).getUint16(5));
    // Start of scan or end of image before any frame: no picture.
    if (marker === 0xda || marker === 0xd9) return null;
    const hasNoLength = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    offset += hasNoLength ? 2 : 2 + view(head).getUint16(2);
  }
  return null;
}

/** The largest of the sizes named: a grid names its tiles and the whole. */
function avif(head: Uint8Array): Dimensions | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
  let largest: Dimensions | null = null;
  for (let at = text.indexOf("ispe"); at >= 0; at = text.indexOf("ispe", at + 4)) {
    if (at + 16 > head.length) break;
    const found = sound(view(head).getUint32(at + 8), view(head).getUint32(at + 12));
    if (found === null) continue;
    if (largest === null || found.width * found.height > largest.width * largest.height) largest = found;
  }
  return largest;
}
