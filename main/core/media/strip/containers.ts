// Test support: containers as cameras and phones write them, made byte by byte, with a place in every part that can
// tell one. Nothing of the product imports it.

/** In every part that has to go. */
export const SECRET = "+57.7089+011.9746+012.3/";

export const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
export const u8 = (...values: readonly number[]): Buffer => Buffer.from(values);
const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};
export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
export const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

/** A box of the ISO base media file format; `isLong` with a size of 64 bits. */
export function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), latin1(type), body]);
}
function longBox(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(1), latin1(type), u64(body.length + 16), body]);
}
export const full = (type: string, version: number, ...content: readonly Buffer[]): Buffer =>
  box(type, u8(version, 0, 0, 0), ...content);

export const handler = (type: string): Buffer => full("hdlr", 0, u32(0), latin1(type), Buffer.alloc(13));

/** A file, and what in it has to go: all else must stay as it is. */
export interface Made {
  readonly bytes: Buffer;
  readonly telling: readonly Buffer[];
}

export interface FilmOptions {
  readonly brand: string;
  /** The tables stand in front of the data, or behind it. */
  readonly isTableFirst: boolean;
  readonly isLong: boolean;
  readonly isQuickTime: boolean;
  readonly hasTelemetry: boolean;
  /** Of the user data: which boxes that tell something are there. */
  readonly told: readonly (keyof typeof tellingBoxes)[];
  readonly hasKeys: boolean;
  readonly uuids: readonly string[];
}

const tellingBoxes = {
  "©xyz": () => box("©xyz", u16(SECRET.length), u16(0x15c7), latin1(SECRET)),
  loci: () => full("loci", 0, u16(0x15c7), latin1(`${SECRET}\0`), Buffer.alloc(13)),
  GPMF: () => box("GPMF", latin1(`DEVC${SECRET}`)),
  "©mak": () => box("©mak", u16(SECRET.length), u16(0), latin1(SECRET)),
  XMP_: () => box("XMP_", latin1(`<x:xmpmeta>${SECRET}`)),
  "made up": () => box("zzzz", latin1(SECRET)),
} as const;
export const TELLING_BOXES = Object.keys(tellingBoxes) as (keyof typeof tellingBoxes)[];

export const XMP_UUID = "be7acfcb97a942e89c71999491e3afac";
export const SPHERE_UUID = "ffcc8263f8554a938814587a02521fdd";

/** What is seen and heard; of a film in two tracks, three chunks each. */
export const sample = (seed: number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 0xff));

interface TrackParts {
  readonly type: string;
  readonly samples: readonly Buffer[];
  readonly offsets: readonly number[];
  readonly user: readonly Buffer[];
  readonly isWide: boolean;
}

function trackOf({ type, samples, offsets, user, isWide }: TrackParts): Buffer {
  const table = box(
    "stbl",
    full("stsz", 0, u32(0), u32(samples.length), ...samples.map(({ length }) => u32(length))),
    full("stsc", 0, u32(1), u32(1), u32(1), u32(1)),
    full(isWide ? "co64" : "stco", 0, u32(offsets.length), ...offsets.map(isWide ? u64 : u32)),
  );
  return box(
    "trak",
    full("tkhd", 0, Buffer.alloc(80)),
    box("mdia", full("mdhd", 0, Buffer.alloc(20)), handler(type), box("minf", table)),
    ...user,
  );
}

export function filmOf(options: FilmOptions): Made {
  const pictures = [sample(1, 90), sample(2, 70), sample(3, 110)];
  const positions = [latin1(`GPS5${SECRET}`), latin1(`GPS5${SECRET}again`)];
  const telling: Buffer[] = options.told.map((name) => tellingBoxes[name]());
  const title = box("©nam", u16(5), u16(0), latin1("Quay!"));
  const userData = box("udta", title, ...telling, ...(options.isQuickTime ? [u32(0)] : []));
  const keys = [
    "com.apple.quicktime.title",
    "com.apple.quicktime.location.ISO6709",
    "com.android.capture.fps",
  ];
  const item = (index: number, value: string): Buffer =>
    Buffer.concat([u32(24 + value.length), u32(index), box("data", u32(1), u32(0), latin1(value))]);
  const places = item(2, SECRET);
  if (options.hasKeys) telling.push(places);
  const list = [
    handler("mdta"),
    full("keys", 0, u32(3), ...keys.map((key) => box("mdta", latin1(key)))),
    box("ilst", item(1, "The old quay"), places, item(3, "30.0")),
  ];
  const meta = options.isQuickTime ? box("meta", ...list) : full("meta", 0, ...list);
  const uuids = options.uuids.map((name) =>
    box("uuid", Buffer.from(name, "hex"), latin1(name === SPHERE_UUID ? "<sphere/>" : SECRET)),
  );
  telling.push(...uuids.filter((_, i) => options.uuids[i] !== SPHERE_UUID));
  const head = box("ftyp", latin1(options.brand), u32(0), latin1("mp42"));
  const data = Buffer.concat(options.hasTelemetry ? interleaved(pictures, positions) : pictures);
  const store = options.isLong ? longBox("mdat", data) : box("mdat", data);
  const made = (from: number): { film: Buffer; telemetry: Buffer } => {
    const offsets = (samples: readonly Buffer[]): number[] => samples.map((one) => from + data.indexOf(one));
    const track = (type: string, samples: readonly Buffer[], user: readonly Buffer[]): Buffer =>
      trackOf({ type, samples, offsets: offsets(samples), user, isWide: options.isLong });
    const telemetry = options.hasTelemetry ? track("meta", positions, []) : Buffer.alloc(0);
    const tracks = [track("vide", pictures, [userData]), telemetry];
    const film = box(
      "moov",
      full("mvhd", 0, Buffer.alloc(96)),
      ...tracks,
      ...(options.hasKeys ? [meta] : []),
    );
    return { film, telemetry };
  };
  const inFront = head.length + (options.isTableFirst ? made(0).film.length : 0);
  const { film, telemetry } = made(inFront + (options.isLong ? 16 : 8));
  if (options.hasTelemetry) telling.push(telemetry, ...positions);
  const parts = options.isTableFirst ? [film, store] : [store, film];
  return { bytes: Buffer.concat([head, ...parts, ...uuids]), telling };
}

const interleaved = (some: readonly Buffer[], others: readonly Buffer[]): Buffer[] =>
  some.flatMap((one, i) => [one, ...(others[i] === undefined ? [] : [others[i]])]);

export interface PictureOptions {
  readonly brand: "heic" | "avif";
  readonly version: 0 | 1 | 2;
  /** Exif and XMP lie in the `meta` itself (`idat`), not beside the picture. */
  readonly isInside: boolean;
  readonly offsetBytes: 4 | 8;
  readonly baseBytes: 0 | 4;
  readonly hasExif: boolean;
  readonly hasXmp: boolean;
  /** A film hidden behind the picture, as phones do. */
  readonly hasMotion: boolean;
}

export function pictureOf(options: PictureOptions): Made {
  const isInside = options.isInside && options.version > 0;
  const pixels = sample(5, 200);
  const exif = Buffer.concat([u32(0), latin1("MM\0*\0\0\0\x08"), latin1(`\0\0\0\0\0\0${SECRET}`)]);
  const xmp = latin1(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>${SECRET}</place></x:xmpmeta>`);
  const said = [...(options.hasExif ? [exif] : []), ...(options.hasXmp ? [xmp] : [])];
  const info = (id: number, type: string, more: string): Buffer =>
    full("infe", 2, u16(id), u16(0), latin1(type), latin1(more));
  const infos = [
    info(1, "av01", "\0"),
    ...(options.hasExif ? [info(2, "Exif", "\0")] : []),
    ...(options.hasXmp ? [info(3, "mime", "about\0application/rdf+xml\0")] : []),
  ];
  const head = box("ftyp", latin1(options.brand), u32(0), latin1("mif1miaf"));
  const data = Buffer.concat([pixels, ...(isInside ? [] : said)]);
  const number = (value: number): Buffer => (options.offsetBytes === 8 ? u64(value) : u32(value));
  const meta = (from: number): Buffer => {
    const place = (id: number, bytes: Buffer): Buffer => {
      const isHere = isInside && bytes !== pixels;
      const origin = isHere ? Buffer.concat(said).indexOf(bytes) : from + data.indexOf(bytes);
      const base = options.baseBytes === 4 ? Math.min(origin, 7) : 0;
      return Buffer.concat([
        options.version < 2 ? u16(id) : u32(id),
        options.version > 0 ? u16(isHere ? 1 : 0) : Buffer.alloc(0),
        u16(0),
        options.baseBytes === 4 ? u32(base) : Buffer.alloc(0),
        u16(1),
        number(origin - base),
        u32(bytes.length),
      ]);
    };
    const places = [
      place(1, pixels),
      ...(options.hasExif ? [place(2, exif)] : []),
      ...(options.hasXmp ? [place(3, xmp)] : []),
    ];
    const count = options.version < 2 ? u16(places.length) : u32(places.length);
    const sizes = u8((options.offsetBytes << 4) | 4, options.baseBytes << 4);
    return full(
      "meta",
      0,
      handler("pict"),
      full("iinf", 0, u16(infos.length), ...infos),
      full("iloc", options.version, sizes, count, ...places),
      ...(isInside ? [box("idat", ...said)] : []),
    );
  };
  const from = head.length + meta(0).length + 8;
  const motion = box("mpvd", latin1(`a film with ${SECRET}`));
  const parts = [head, meta(from), box("mdat", data), ...(options.hasMotion ? [motion] : [])];
  return { bytes: Buffer.concat(parts), telling: [...said, ...(options.hasMotion ? [motion] : [])] };
}

interface TiffOptions {
  readonly isLittle: boolean;
  readonly isBig: boolean;
  readonly hasGps: boolean;
  readonly hasXmp: boolean;
  readonly hasExif: boolean;
  readonly pages: number;
}

/** `pixels`: what is seen of each page, to be found in the file. */
export function tiffOf(options: TiffOptions): { readonly bytes: Buffer; readonly pixels: readonly Buffer[] } {
  const { isLittle, isBig } = options;
  const number = (value: number, width: number): Buffer => {
    const bytes = Buffer.alloc(width);
    if (width === 8 && isLittle) bytes.writeBigUInt64LE(BigInt(value));
    else if (width === 8) bytes.writeBigUInt64BE(BigInt(value));
    else if (isLittle) bytes.writeUIntLE(value, 0, width);
    else bytes.writeUIntBE(value, 0, width);
    return bytes;
  };
  const wide = isBig ? 8 : 4;
  const head = isBig
    ? [number(43, 2), number(8, 2), number(0, 2), number(16, 8)]
    : [number(42, 2), number(8, 4)];
  const parts: Buffer[] = [latin1(isLittle ? "II" : "MM"), ...head];
  let at = parts.reduce((sum, part) => sum + part.length, 0);
  const put = (bytes: Buffer): number => {
    const place = at;
    parts.push(bytes);
    at += bytes.length;
    return place;
  };
  type Entry = readonly [tag: number, type: number, value: number | Buffer];
  /** The directory, and behind it what its entries point to. */
  const directory = (entries: readonly Entry[], isLast: boolean): void => {
    const length = (isBig ? 8 : 2) + entries.length * (isBig ? 20 : 12) + wide;
    const elsewhere: Buffer[] = [];
    let behind = at + length;
    const lines = entries.map(([tag, type, value]) => {
      const count = typeof value === "number" ? 1 : value.length;
      let field: Buffer;
      if (typeof value === "number")
        field = Buffer.concat([number(value, type === 3 ? 2 : wide), Buffer.alloc(8)]);
      else if (value.length <= wide) field = Buffer.concat([value, Buffer.alloc(8)]);
      else {
        field = number(behind, wide);
        elsewhere.push(value);
        behind += value.length;
      }
      return Buffer.concat([number(tag, 2), number(type, 2), number(count, wide), field.subarray(0, wide)]);
    });
    put(Buffer.concat([number(entries.length, isBig ? 8 : 2), ...lines, number(isLast ? 0 : behind, wide)]));
    elsewhere.forEach(put);
  };
  const pixels = Array.from({ length: options.pages }, (_, page) => sample(page + 9, 120));
  // Directories first, in a chain; what they point to by number stands behind all of them, in a fixed order.
  const pointer = isBig ? 16 : 4;
  const layout = (starts: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
    parts.splice(1 + head.length);
    at = parts.reduce((sum, part) => sum + part.length, 0);
    const found = new Map<string, number>();
    const place = (name: string): number => starts.get(name) ?? 0;
    pixels.forEach((_, page) => {
      const isFirst = page === 0;
      const entries: Entry[] = [
        [0x0100, 3, 10],
        [0x010f, 2, latin1("Maker of cameras\0")],
        [0x0111, pointer, place(`pixels ${page}`)],
        [0x0117, pointer, 120],
        ...(isFirst && options.hasXmp ? [[0x02bc, 1, latin1(`<x>${SECRET}`)] as Entry] : []),
        ...(isFirst && options.hasExif ? [[0x8769, pointer, place("exif")] as Entry] : []),
        ...(isFirst && options.hasGps ? [[0x8825, pointer, place("gps")] as Entry] : []),
      ];
      directory(entries, page === pixels.length - 1);
    });
    if (options.hasExif) {
      found.set("exif", at);
      directory([[0x9003, 2, latin1("2026:11:21 17:00:00\0")]], true);
    }
    if (options.hasGps) {
      found.set("gps", at);
      directory(
        [
          [0x001d, 2, latin1(SECRET)],
          [0x0001, 2, latin1("N\0")],
        ],
        true,
      );
    }
    pixels.forEach((bytes, page) => found.set(`pixels ${page}`, put(bytes)));
    return found;
  };
  layout(layout(new Map()));
  return { bytes: Buffer.concat(parts), pixels };
}
