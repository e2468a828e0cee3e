import { overlap, zeros, type Patch, type Range, type Source } from "./patch.ts";
import { Region } from "./region.ts";

// TIFF, and the raw pictures of cameras that are made of it. Only what tells a place goes: where raw pictures are
// developed, maker and model say how. Directories are written anew in their place, without the entries that went.

/** Place (GPS), XMP, IPTC, Photoshop's own. */
const TELLING = new Set([0x8825, 0x02bc, 0x83bb, 0x8649]);
const GPS = 0x8825;
/** Directories within: further pictures, Exif, interoperability. */
const INNER = new Set([0x014a, 0x8769, 0xa005]);
/** Where strips, tiles and previews begin, and how long they are. */
const DATA = new Map([
  [0x0111, 0x0117],
  [0x0144, 0x0145],
  [0x0201, 0x0202],
]);
const BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
const MOST_DIRECTORIES = 1000;
const MOST_VALUES = 2_000_000;

/** Classic TIFF, or BigTIFF with its numbers of eight bytes. */
interface Form {
  readonly isLittle: boolean;
  readonly isBig: boolean;
}
interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Its bytes as they stand in the directory. */
  readonly raw: Uint8Array;
  /** Its values: in the directory itself, or elsewhere. */
  readonly values: Range;
  readonly isElsewhere: boolean;
}
interface Directory extends Range {
  readonly entries: readonly Entry[];
  readonly next: number;
  readonly nextRaw: Uint8Array;
}

/** What is to be written over; null when nobody can say what would be left. Reads, but changes nothing. */
export async function stripTiff(source: Source): Promise<readonly Patch[] | null> {
  try {
    return await strip(source);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function strip(source: Source): Promise<readonly Patch[] | null> {
  const head = await Region.of(source, 0, Math.min(16, source.size));
  const isLittle = head.ascii(0, 2) === "II";
  const isBig = head.u16(2, isLittle) === 43;
  const form = { isLittle, isBig };
  const waiting = [isBig ? head.u64(8, isLittle) : head.u32(4, isLittle)];
  const seen = new Set<number>();
  const [patches, gone]: [Patch[], Range[]] = [[], []];
  const kept: Range[] = [{ at: 0, length: isBig ? 16 : 8 }];
  const directories: Range[] = [];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === 0 || seen.has(at)) continue;
    if (seen.add(at).size > MOST_DIRECTORIES) throw new RangeError("too many directories");
    const directory = await readDirectory(source, form, at);
    waiting.push(directory.next);
    for (const entry of directory.entries) {
      if (TELLING.has(entry.tag)) gone.push(...(await extentOf(source, form, entry)));
      else if (entry.isElsewhere) kept.push(entry.values);
      if (INNER.has(entry.tag)) waiting.push(...(await numbersOf(source, form, entry)));
    }
    directories.push({ at: directory.at, length: directory.length });
    for (const range of await dataOf(source, form, directory)) kept.push(range);
    if (directory.entries.some(({ tag }) => TELLING.has(tag))) patches.push(without(directory, form));
  }
  if (seen.size === 0 || overlap(gone, [...kept, ...directories]) || overlap(patches, kept)) return null;
  return [...patches, ...gone.map(zeros)];
}

async function readDirectory(source: Source, form: Form, at: number): Promise<Directory> {
  const { isLittle, isBig } = form;
  const [counted, each, pointer] = isBig ? [8, 20, 8] : [2, 12, 4];
  const first = await Region.of(source, at, at + counted);
  const count = isBig ? first.u64(at, isLittle) : first.u16(at, isLittle);
  if (count > 65_535) throw new RangeError("too many entries");
  const end = at + counted + count * each + pointer;
  const region = await Region.of(source, at, end);
  const entries = Array.from({ length: count }, (_, i) =>
    entryAt(region, form, at + counted + i * each, source.size),
  );
  const next = isBig ? region.u64(end - 8, isLittle) : region.u32(end - 4, isLittle);
  return { at, length: end - at, entries, next, nextRaw: region.bytes(end - pointer, pointer) };
}

function entryAt(region: Region, { isLittle, isBig }: Form, at: number, fileSize: number): Entry {
  const type = region.u16(at + 2, isLittle);
  const count = isBig ? region.u64(at + 4, isLittle) : region.u32(at + 4, isLittle);
  const length = count * (BYTES[type] ?? 0);
  const inline = isBig ? 8 : 4;
  const place = at + (isBig ? 12 : 8);
  const isElsewhere = length > inline;
  const from = !isElsewhere ? place : isBig ? region.u64(place, isLittle) : region.u32(place, isLittle);
  if (isElsewhere && from + length > fileSize) throw new RangeError("values beyond the end");
  const raw = region.bytes(at, isBig ? 20 : 12);
  return { tag: region.u16(at, isLittle), type, count, raw, values: { at: from, length }, isElsewhere };
}

/** The directory without what tells a place; behind its end nothing is left of it. */
function without({ at, length, entries, nextRaw }: Directory, { isLittle, isBig }: Form): Patch {
  const left = entries.filter(({ tag }) => !TELLING.has(tag));
  const count = new DataView(new ArrayBuffer(isBig ? 8 : 2));
  if (isBig) count.setBigUint64(0, BigInt(left.length), isLittle);
  else count.setUint16(0, left.length, isLittle);
  const head = Buffer.concat([new Uint8Array(count.buffer), ...left.map(({ raw }) => raw), nextRaw]);
  return { at, length, head, fill: 0 };
}

/** All bytes of an entry that goes; of the place also its own directory. */
async function extentOf(source: Source, form: Form, entry: Entry): Promise<readonly Range[]> {
  if (entry.tag !== GPS) return entry.isElsewhere ? [entry.values] : [];
  const ranges: Range[] = [];
  for (const at of await numbersOf(source, form, entry)) {
    const { entries, length } = await readDirectory(source, form, at);
    ranges.push({ at, length });
    for (const one of entries) if (one.isElsewhere) ranges.push(one.values);
  }
  return ranges;
}

/** Strips, tiles and previews: bytes that are never written into. */
async function dataOf(source: Source, form: Form, { entries }: Directory): Promise<readonly Range[]> {
  const ranges: Range[] = [];
  for (const [offsetsTag, lengthsTag] of DATA) {
    const offsets = entries.find(({ tag }) => tag === offsetsTag);
    const lengths = entries.find(({ tag }) => tag === lengthsTag);
    if (offsets === undefined || lengths === undefined) continue;
    const sizes = await numbersOf(source, form, lengths);
    (await numbersOf(source, form, offsets)).forEach((at, i) => ranges.push({ at, length: sizes[i] ?? 0 }));
  }
  return ranges;
}

async function numbersOf(source: Source, { isLittle }: Form, entry: Entry): Promise<readonly number[]> {
  const { values, count, type } = entry;
  const bytes = BYTES[type] ?? 0;
  if (count > MOST_VALUES || ![2, 4, 8].includes(bytes)) throw new RangeError("no numbers");
  const region = await Region.of(source, values.at, values.at + count * bytes);
  return Array.from({ length: count }, (_, i) => {
    const at = values.at + i * bytes;
    return bytes === 2
      ? region.u16(at, isLittle)
      : bytes === 4
        ? region.u32(at, isLittle)
        : region.u64(at, isLittle);
  });
}
