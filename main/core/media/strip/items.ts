import type { Range } from "./patch.ts";
import { boxOf, type Box, type Region } from "./region.ts";

// The items of a HEIF or AVIF picture (ISO/IEC 23008-12): which of them tell a place, and where their bytes lie.

export interface Items {
  readonly exif: readonly Range[];
  readonly xmp: readonly Range[];
  /** Those of the picture, and all others. */
  readonly kept: readonly Range[];
  /** Where bytes of items may lie within `meta`. */
  readonly store: readonly Range[];
}

/** Reads the `meta` of a file. Throws RangeError where nobody can say what lies where. */
export function readItems(region: Region, meta: Box): Items {
  const boxes = region.boxes(meta.body + 4, meta.end);
  const kinds = kindsIn(region, boxOf(boxes, "iinf"));
  const idat = boxOf(boxes, "idat");
  const found = { exif: [] as Range[], xmp: [] as Range[], kept: [] as Range[] };
  const places = placesIn(region, boxOf(boxes, "iloc"), idat);
  const ids = places.map(({ id }) => id);
  const known = new Set(ids);
  if (known.size < ids.length || [...kinds.keys()].some((id) => !known.has(id)))
    throw new RangeError("items that cannot be told apart, or found");
  for (const { id, ranges } of places) {
    const kind = kinds.get(id) ?? "kept";
    // Bytes that nobody can point at cannot be taken out.
    if (ranges === null && kind !== "kept") throw new RangeError("an item without a place of its own");
    found[kind].push(...(ranges ?? []));
  }
  return { ...found, store: idat === undefined ? [] : [{ at: idat.body, length: idat.end - idat.body }] };
}

type Kind = "exif" | "xmp";

function kindsIn(region: Region, iinf: Box | undefined): ReadonlyMap<number, Kind> {
  const kinds = new Map<number, Kind>();
  const seen = new Set<number>();
  if (iinf === undefined) return kinds;
  const first = iinf.body + (region.u8(iinf.body) === 0 ? 6 : 8);
  for (const { type, body, end } of region.boxes(first, iinf.end)) {
    if (type !== "infe") continue;
    const version = region.u8(body);
    const wide = version >= 3 ? 2 : 0;
    const id = wide === 0 ? region.u16(body + 4) : region.u32(body + 4);
    const kind = version < 2 ? oldKind(region, body, end) : kindOf(region, body + 8 + wide, end);
    if (seen.has(id)) throw new RangeError("two items of one number");
    seen.add(id);
    if (kind !== null) kinds.set(id, kind);
  }
  return kinds;
}

/** Item type, name, and of MIME items their type. */
function kindOf(region: Region, at: number, end: number): Kind | null {
  const type = region.ascii(at, 4);
  if (type === "Exif") return "exif";
  if (type !== "mime") return null;
  return isXmp(region.text(at + 4 + region.text(at + 4, end).length + 1, end)) ? "xmp" : null;
}

function oldKind(region: Region, body: number, end: number): Kind | null {
  const name = region.text(body + 8, end);
  return isXmp(region.text(body + 8 + name.length + 1, end)) ? "xmp" : null;
}

const isXmp = (mime: string): boolean => /^(?:application|text)\/(?:rdf\+)?xml/i.test(mime);

interface Place {
  readonly id: number;
  /** Null: within another item, or to the end of something. */
  readonly ranges: readonly Range[] | null;
}

function placesIn(region: Region, iloc: Box | undefined, idat: Box | undefined): readonly Place[] {
  if (iloc === undefined) return [];
  const { body } = iloc;
  const version = region.u8(body);
  const [first, second] = [region.u8(body + 4), region.u8(body + 5)];
  const bytes = {
    offset: first >> 4,
    length: first & 15,
    base: second >> 4,
    index: version > 0 ? second & 15 : 0,
  };
  const wide = version < 2 ? 2 : 4;
  const number = (at: number): number => (wide === 2 ? region.u16(at) : region.u32(at));
  const places: Place[] = [];
  let at = body + 6 + wide;
  for (let left = number(body + 6); left > 0; left--) {
    const id = number(at);
    at += wide;
    const method = version > 0 ? region.u16(at) & 15 : 0;
    at += (version > 0 ? 2 : 0) + 2;
    const origin = region.unsigned(at, bytes.base) + (method === 1 ? (idat?.body ?? NaN) : 0);
    at += bytes.base + 2;
    let ranges: Range[] | null = method > 1 || Number.isNaN(origin) ? null : [];
    for (let extents = region.u16(at - 2); extents > 0; extents--) {
      at += bytes.index;
      const from = origin + region.unsigned(at, bytes.offset);
      const length = region.unsigned(at + bytes.offset, bytes.length);
      at += bytes.offset + bytes.length;
      if (length === 0) ranges = null;
      else ranges?.push({ at: from, length });
    }
    places.push({ id, ranges });
  }
  return places;
}
