import type { Range } from "./patch.ts";
import { boxOf, type Box, type Region } from "./region.ts";
import { readTrack } from "./tracks.ts";

// Films in fragments (ISO/IEC 14496-12, 8.8): `moov` names the tracks, each `moof` says where samples of them lie.

/** What `moov` says of a track. */
interface NamedTrack {
  readonly isTelemetry: boolean;
  /** Bytes of a sample of which nothing else is said; null where nothing is said here either. */
  readonly sampleBytes: number | null;
}

/** By their ids. */
export type Named = ReadonlyMap<number, NamedTrack>;

/** What a `traf` carries, and of which track. */
export interface Fragment {
  readonly box: Box;
  readonly isTelemetry: boolean;
  readonly runs: readonly Range[];
}

/** Throws RangeError where a box is missing or bent. */
function the(boxes: readonly Box[], type: string): Box {
  const box = boxOf(boxes, type);
  if (box === undefined) throw new RangeError(`no ${type}`);
  return box;
}

/** The tracks of a `moov`. */
export function namedIn(region: Region, moov: Box): Named {
  const boxes = region.boxes(moov.body, moov.end);
  const sampleBytes = sampleBytesIn(region, boxes);
  const tracks = boxes.filter(({ type }) => type === "trak");
  const named = new Map(
    tracks.map((trak) => {
      const id = trackId(region, trak);
      const { isTelemetry } = readTrack(region, trak);
      return [id, { isTelemetry, sampleBytes: sampleBytes.get(id) ?? null }];
    }),
  );
  if (named.size < tracks.length) throw new RangeError("two tracks of one name");
  return named;
}

function trackId(region: Region, trak: Box): number {
  const { body } = the(region.boxes(trak.body, trak.end), "tkhd");
  return region.u32(body + (region.u8(body) === 1 ? 20 : 12));
}

/** The defaults in `mvex`. */
function sampleBytesIn(region: Region, film: readonly Box[]): ReadonlyMap<number, number> {
  const box = boxOf(film, "mvex");
  const boxes = box === undefined ? [] : region.boxes(box.body, box.end);
  const defaults = boxes.filter(({ type }) => type === "trex");
  return new Map(defaults.map(({ body }) => [region.u32(body + 4), region.u32(body + 16)]));
}

/** The fragments in a `moof`. Throws RangeError where one is bent, or of a track that nobody named. */
export function readFragments(region: Region, moof: Box, named: Named): readonly Fragment[] {
  const fragments: Fragment[] = [];
  // Where nothing else is said, samples follow those of the fragment before; of the first, the beginning of all.
  let before = { end: moof.at, isTelemetry: false };
  for (const box of region.boxes(moof.body, moof.end)) {
    if (box.type !== "traf") continue;
    const boxes = region.boxes(box.body, box.end);
    const head = headOf(region, the(boxes, "tfhd"), moof.at);
    const track = named.get(head.track);
    if (track === undefined) throw new RangeError("a track that nobody named");
    const { isTelemetry } = track;
    // Once that one is gone its samples would be looked for elsewhere.
    if (head.base === null && before.isTelemetry && !isTelemetry) throw new RangeError("behind telemetry");
    const base = head.base ?? before.end;
    const runs = runsIn(region, boxes, base, head.sampleBytes ?? track.sampleBytes);
    const last = runs.at(-1);
    before = { end: last === undefined ? base : last.at + last.length, isTelemetry };
    fragments.push({ box, isTelemetry, runs });
  }
  return fragments;
}

interface Head {
  readonly track: number;
  /** Null: behind the samples of the fragment before. */
  readonly base: number | null;
  readonly sampleBytes: number | null;
}

function headOf(region: Region, { body }: Box, moofAt: number): Head {
  const flags = region.u32(body) & 0xffffff;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const base = has(0x01) ? region.u64(body + 8) : has(0x020000) ? moofAt : null;
  const at = body + 8 + (has(0x01) ? 8 : 0) + (has(0x02) ? 4 : 0) + (has(0x08) ? 4 : 0);
  return { track: region.u32(body + 4), base, sampleBytes: has(0x10) ? region.u32(at) : null };
}

function runsIn(
  region: Region,
  boxes: readonly Box[],
  base: number,
  sampleBytes: number | null,
): readonly Range[] {
  const runs: Range[] = [];
  let follows = base;
  for (const { type, body, end } of boxes) {
    if (type !== "trun") continue;
    const flags = region.u32(body) & 0xffffff;
    const has = (flag: number): boolean => (flags & flag) !== 0;
    const count = region.u32(body + 4);
    const at = has(0x01) ? base + (region.u32(body + 8) | 0) : follows;
    if (at < 0) throw new RangeError("in front of the file");
    const table = body + 8 + (has(0x01) ? 4 : 0) + (has(0x04) ? 4 : 0);
    const width = [0x100, 0x200, 0x400, 0x800].filter(has).length * 4;
    if (table + count * width > end) throw new RangeError("a run that leaves its place");
    if (!has(0x200) && sampleBytes === null) throw new RangeError("samples of unknown size");
    let length = has(0x200) ? 0 : count * (sampleBytes ?? 0);
    if (has(0x200))
      for (let i = 0; i < count; i++) length += region.u32(table + i * width + (has(0x100) ? 4 : 0));
    runs.push({ at, length });
    follows = at + length;
  }
  return runs;
}
