import { describe, expect, it } from "vitest";
import { box, full, handler, latin1, sample, SECRET, u32, u64, type Made } from "./containers.ts";
import { chances, clean, expectClean, stripped } from "./strip-rig.ts";

// Films in fragments of every make, at random but the same each time: telemetry goes, every other byte stays.

interface Options {
  /** Where samples are counted from: the file, their `moof`, or the fragment before. */
  readonly from: "file" | "moof" | "before";
  /** Where the size of a sample stands. */
  readonly sizes: "run" | "fragment" | "film";
  /** Telemetry has a `moof` of its own. */
  readonly isApart: boolean;
  readonly isTelemetryFirst: boolean;
  readonly isWide: boolean;
  readonly hasTimes: boolean;
  readonly fragments: number;
  /** Somebody's own boxes: beside, in a `moof`, in a `traf`. */
  readonly hasOwn: boolean;
}
interface Piece {
  readonly track: 1 | 2;
  readonly samples: readonly Buffer[];
}

const SAMPLE_BYTES = 40;
const flagged = (type: string, flags: number, ...content: readonly Buffer[]): Buffer =>
  box(type, u32(flags), ...content);
const positions = (n: number): Buffer =>
  Buffer.concat([latin1(`GPS5${SECRET}${n}`), Buffer.alloc(SAMPLE_BYTES)]).subarray(0, SAMPLE_BYTES);
const own = (): Buffer => box("udta", box("©xyz", latin1(SECRET)));

function trackOf(id: number, type: string, isWide: boolean): Buffer {
  const times = isWide ? Buffer.concat([u64(0), u64(0)]) : Buffer.concat([u32(0), u32(0)]);
  const table = box(
    "stbl",
    full("stsz", 0, u32(0), u32(0)),
    full("stsc", 0, u32(0)),
    full("stco", 0, u32(0)),
  );
  return box(
    "trak",
    full("tkhd", isWide ? 1 : 0, times, u32(id), Buffer.alloc(68)),
    box("mdia", full("mdhd", 0, Buffer.alloc(20)), handler(type), box("minf", table)),
  );
}

function fragmentedFilm(options: Options): Made {
  const telemetry = trackOf(2, "meta", options.isWide);
  const telling: Buffer[] = [telemetry];
  const defaults = [1, 2].map((id) =>
    full("trex", 0, u32(id), u32(1), u32(1), u32(options.sizes === "film" ? SAMPLE_BYTES : 7), u32(0)),
  );
  const film = box(
    "moov",
    full("mvhd", 0, Buffer.alloc(96)),
    trackOf(1, "vide", options.isWide),
    telemetry,
    box("mvex", ...defaults),
  );
  const parts: Buffer[] = [box("ftyp", latin1("iso5"), u32(0), latin1("mp41")), film];
  const length = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  const put = (pieces: readonly Piece[]): void => {
    const at = length();
    const size = moofOf(options, pieces, at, 0).bytes.length;
    const made = moofOf(options, pieces, at, size + 8);
    parts.push(made.bytes, box("mdat", ...pieces.flatMap(({ samples }) => samples)));
    telling.push(...made.telling);
  };
  for (let n = 0; n < options.fragments; n++) {
    const pictures: Piece = {
      track: 1,
      samples: [sample(n + 1, SAMPLE_BYTES), sample(n + 90, SAMPLE_BYTES)],
    };
    const places: Piece = { track: 2, samples: [positions(2 * n), positions(2 * n + 1)] };
    telling.push(...places.samples);
    const both = options.isTelemetryFirst ? [places, pictures] : [pictures, places];
    if (options.isApart) for (const piece of both) put([piece]);
    else put(both);
    if (options.hasOwn) {
      const strange = box("zzzz", latin1(`${SECRET}${n}`));
      parts.push(strange);
      telling.push(strange);
    }
  }
  return { bytes: Buffer.concat(parts), telling };
}

/** `data`: where the first sample lies behind the beginning of the `moof`. */
function moofOf(options: Options, pieces: readonly Piece[], at: number, data: number): Made {
  const telling: Buffer[] = [];
  let offset = data;
  const trafs = pieces.map(({ track, samples }, index) => {
    const isFollowing = options.from === "before" && index > 0;
    const base = options.from === "file" ? u64(at) : Buffer.alloc(0);
    const flags = options.from === "file" ? 0x01 : options.from === "moof" ? 0x020000 : 0;
    const ofFragment = options.sizes === "fragment";
    const head = flagged(
      "tfhd",
      flags | (options.hasTimes ? 0x08 : 0) | (ofFragment ? 0x10 : 0),
      ...[u32(track), base],
      ...(options.hasTimes ? [u32(1000)] : []),
      ...(ofFragment ? [u32(SAMPLE_BYTES)] : []),
    );
    const bytes = samples.reduce((sum, { length }) => sum + length, 0);
    // Two runs: the second follows the first.
    const runs = samples.map((one, n) => {
      const isPlaced = n === 0 && !isFollowing;
      const entry = [
        ...(options.hasTimes ? [u32(1000)] : []),
        ...(options.sizes === "run" ? [u32(one.length)] : []),
      ];
      const run =
        (isPlaced ? 0x01 : 0) | (options.hasTimes ? 0x100 : 0) | (options.sizes === "run" ? 0x200 : 0);
      return flagged("trun", run, u32(1), ...(isPlaced ? [u32(offset)] : []), ...entry);
    });
    offset += bytes;
    const user = options.hasOwn && track === 1 ? [own()] : [];
    const traf = box("traf", head, ...runs, ...user);
    if (track === 2) telling.push(traf);
    else telling.push(...user.map((one) => one.subarray(8)));
    return traf;
  });
  const isTold = options.isApart && pieces[0]?.track === 2;
  const user = options.hasOwn ? [box("udta", box("loci", latin1(`${SECRET} of ${at}`)))] : [];
  const bytes = box("moof", full("mfhd", 0, u32(at)), ...trafs, ...user);
  return { bytes, telling: isTold ? [bytes] : [...telling, ...user.map((one) => one.subarray(8))] };
}

function any(next: () => number): Options {
  const maybe = (): boolean => next() < 0.5;
  const one = <T>(of: readonly [T, T, T]): T => of[Math.floor(next() * 3)] ?? of[0];
  return {
    from: one(["file", "moof", "before"]),
    sizes: one(["run", "fragment", "film"]),
    ...{ isApart: maybe(), isTelemetryFirst: maybe(), isWide: maybe(), hasTimes: maybe(), hasOwn: maybe() },
    fragments: 1 + Math.floor(next() * 4),
  };
}
const plain: Options = {
  ...{ from: "moof", sizes: "run", isApart: false, isTelemetryFirst: false, isWide: false },
  ...{ hasTimes: true, fragments: 3, hasOwn: true },
};

describe("a film in fragments", () => {
  it("of any make loses its telemetry and what is told beside it, and keeps sound and picture, 500 times", async () => {
    const next = chances(11);
    for (let i = 0; i < 500; i++) {
      const options = any(next);
      const film = fragmentedFilm(options);
      // Its pictures would be looked for elsewhere, once what they follow is gone.
      if (options.from === "before" && options.isTelemetryFirst && !options.isApart)
        expect(await stripped(film.bytes)).toBeNull();
      else await expectClean(film);
    }
  });

  it("keeps a fragment of nothing but telemetry as free space, and the tracks beside it as they are", async () => {
    const { bytes } = fragmentedFilm({ ...plain, isApart: true, hasOwn: false });
    const after = await clean(bytes);
    const count = (all: Buffer, type: string): number => all.toString("latin1").split(type).length - 1;
    expect([count(bytes, "moof"), count(after, "moof")]).toEqual([6, 3]);
    expect([count(after, "trak"), count(after, "trun")]).toEqual([1, 6]);
  });

  it.each([
    ["of a track that nobody named", (bytes: Buffer) => bytes.writeUInt32BE(9, bytes.indexOf("tfhd") + 8)],
    ["whose tracks have one name", (bytes: Buffer) => bytes.writeUInt32BE(2, bytes.indexOf("tkhd") + 16)],
    [
      "whose samples lie outside of it",
      (bytes: Buffer) => bytes.writeUInt32BE(8, bytes.indexOf("trun", bytes.lastIndexOf("tfhd")) + 12),
    ],
    [
      "with a run that leaves its place",
      (bytes: Buffer) => bytes.writeUInt32BE(99, bytes.indexOf("trun") + 8),
    ],
    ["without a head", (bytes: Buffer) => void bytes.write("free", bytes.indexOf("tfhd"))],
  ])("%s is not said to be clean", async (_, bend) => {
    const { bytes } = fragmentedFilm({ ...plain, hasOwn: false });
    const bent = Buffer.from(bytes);
    bend(bent);
    expect(bent.equals(bytes)).toBe(false);
    expect(await stripped(bent)).toBeNull();
  });

  it("bent in any byte never throws, and never loses a picture", async () => {
    const next = chances(12);
    const { bytes } = fragmentedFilm({ ...plain, fragments: 2 });
    const pictures = [1, 90, 2, 91].map((seed) => sample(seed, SAMPLE_BYTES));
    for (let at = 0; at < bytes.length; at++) {
      const bent = Buffer.from(bytes);
      bent[at] = next() < 0.5 ? (bent[at] ?? 0) ^ 0xff : Math.floor(next() * 256);
      const after = await stripped(bent);
      if (after === null) continue;
      for (const picture of pictures) {
        const from = bytes.indexOf(picture);
        const is = after.subarray(from, from + SAMPLE_BYTES);
        expect(is.equals(bent.subarray(from, from + SAMPLE_BYTES)), `byte ${at}`).toBe(true);
      }
    }
  });

  it("cut off anywhere never throws, and is clean where it is said to be", async () => {
    const { bytes } = fragmentedFilm(plain);
    for (let at = 0; at < bytes.length; at++) {
      const after = await stripped(bytes.subarray(0, at));
      if (after !== null && at > bytes.indexOf("mdat")) expect(after.includes(SECRET), `${at}`).toBe(false);
    }
  });
});
