import { freed } from "./free.ts";
import { namedIn, readFragments, type Fragment, type Named } from "./fragments.ts";
import { readItems, type Items } from "./items.ts";
import { isWithin, overlap, zeros, type Patch, type Range, type Source } from "./patch.ts";
import { boxOf, Region, type Box } from "./region.ts";
import { readTrack, type Track } from "./tracks.ts";
import { cleanMeta, cleanUserData } from "./user-data.ts";

// MP4, QuickTime, HEIF and AVIF: one container (ISO/IEC 14496-12). What tells where it was made is written over in its
// place: boxes become free space, Exif and XMP of pictures become empty ones, tracks of telemetry are freed with their
// samples. Sound and picture stay byte for byte, and are never written into, whatever a bent file says.

/** Boxes of the file itself that are looked into or harmless; another one is somebody's own (a second film, XML). */
const KEPT = new Set(
  "ftyp styp moov mdat free skip wide moof mfra sidx ssix pdin prft emsg meta uuid pnot PICT".split(" "),
);
/** Protection, streaming, and how a film all around is projected. All others may hold anything: XMP, Exif, C2PA. */
const KEPT_UUIDS = new Set([
  "a2394f525a9b4f14a2446c427c648df4",
  "d08a4f1810f34a82b6c832d8aba183d3",
  "8974dbce7be74c5184f97148f9882554",
  "6d1d9b0542d544e680e2141daff757b2",
  "d4807ef2ca3946958e5426cb9e46a79f",
  "ffcc8263f8554a938814587a02521fdd",
]);
/** A file of more boxes is none that anybody made. */
const MOST_BOXES = 200_000;

/** What is to be written over; null when nobody can say what would be left. Reads, but changes nothing. */
export async function stripIso(source: Source): Promise<readonly Patch[] | null> {
  try {
    const boxes = await topBoxes(source);
    const patches: Patch[] = [];
    // What may hold bytes of items and samples.
    const store = boxes.filter(({ type }) => type === "mdat").map(rangeOf);
    const has = (wanted: string): boolean => boxes.some(({ type }) => type === wanted);
    const moov = boxes.find(({ type }) => type === "moov");
    // Whose samples a fragment holds only `moov` says.
    const isFragmented = moov !== undefined && has("moof");
    const named = isFragmented ? namedIn(await Region.of(source, moov.at, moov.end), moov) : new Map();
    const around = { store, named, isFilm: has("moov"), seen: [] as Range[] };
    for (const box of boxes) patches.push(...(await cleanBox(source, box, around)));
    // A box nobody knows may be the one in which the picture is.
    return (has("moov") || has("meta")) && !overlap(patches, around.seen) ? patches : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

interface Around {
  readonly store: readonly Range[];
  /** The tracks of a film in fragments. */
  readonly named: Named;
  readonly isFilm: boolean;
  /** Gathers where sound and picture lie. */
  readonly seen: Range[];
}

const rangeOf = ({ body, end }: Box): Range => ({ at: body, length: end - body });

async function topBoxes(source: Source): Promise<readonly Box[]> {
  const boxes: Box[] = [];
  for (let at = 0; source.size - at >= 8;) {
    if (boxes.length > MOST_BOXES) throw new RangeError("too many boxes");
    const head = new Region(await source.read(at, 16), at);
    const [type, said] = [head.ascii(at + 4, 4), head.u32(at)];
    const body = said === 1 ? at + 16 : at + 8;
    const end = said === 1 ? at + head.u64(at + 8) : said === 0 ? source.size : at + said;
    if (end < body) throw new RangeError("a box without a size");
    // Broken off in sound and picture, as downloads are: what is there can be seen.
    if (end > source.size && type !== "mdat") throw new RangeError("cut off");
    boxes.push({ type, at, body, end: Math.min(end, source.size) });
    at = end;
  }
  return boxes;
}

async function cleanBox(source: Source, box: Box, around: Around): Promise<readonly Patch[]> {
  if (!KEPT.has(box.type)) return freed(box);
  if (!["moov", "meta", "uuid", "moof"].includes(box.type)) return [];
  const region = await Region.of(source, box.at, box.end);
  if (box.type === "moov") return cleanFilm(region, box, around);
  if (box.type === "meta") return cleanTopMeta(region, box, around);
  if (box.type === "moof") return cleanFragments(region, box, around);
  return cleanUuids(region, [box]);
}

/** Of telemetry its samples go and what says where they are; a `moof` of nothing else goes whole, as readers want one `traf`. */
function cleanFragments(region: Region, moof: Box, { named, store, seen }: Around): readonly Patch[] {
  const fragments = readFragments(region, moof, named);
  const [telling, kept] = [fragments.filter(isTelling), fragments.filter((one) => !isTelling(one))];
  for (const { runs } of kept) for (const run of runs) seen.push(run);
  const samples = telling
    .flatMap(({ runs }) => runs.map((run) => clipped(run, store)))
    .filter(({ length }) => length > 0)
    .map(zeros);
  if (telling.length > 0 && kept.length === 0) return [...samples, ...freed(moof)];
  return [
    ...samples,
    ...telling.flatMap(({ box }) => freed(box)),
    ...cleanAround(region, region.boxes(moof.body, moof.end)),
    ...kept.flatMap(({ box }) => cleanAround(region, region.boxes(box.body, box.end))),
  ];
}

const isTelling = ({ isTelemetry }: Fragment): boolean => isTelemetry;

function cleanUuids(region: Region, boxes: readonly Box[]): readonly Patch[] {
  return boxes.flatMap((box) => {
    if (box.type !== "uuid") return [];
    const name = box.end - box.body < 16 ? "" : Buffer.from(region.bytes(box.body, 16)).toString("hex");
    return KEPT_UUIDS.has(name) ? [] : freed(box);
  });
}

function cleanFilm(region: Region, moov: Box, around: Around): readonly Patch[] {
  const boxes = region.boxes(moov.body, moov.end);
  // Packed, as QuickTime could: what is in it cannot be seen.
  if (boxOf(boxes, "cmov") !== undefined) throw new RangeError("packed");
  const tracks = boxes
    .filter(({ type }) => type === "trak")
    .map((box) => ({ box, ...readTrack(region, box) }));
  return [
    ...cleanAround(region, boxes),
    ...tracks.flatMap(({ box, isTelemetry }) => (isTelemetry ? freed(box) : cleanTrack(region, box))),
    ...cleanSamples(tracks, around),
  ];
}

/** What stands beside the boxes of a film or a track. */
const cleanAround = (region: Region, boxes: readonly Box[]): readonly Patch[] => [
  ...cleanUuids(region, boxes),
  ...boxes.flatMap((box) =>
    box.type === "udta" ? cleanUserData(region, box) : box.type === "meta" ? cleanMeta(region, box) : [],
  ),
];

function cleanTrack(region: Region, trak: Box): readonly Patch[] {
  const boxes = region.boxes(trak.body, trak.end);
  const media = boxOf(boxes, "mdia");
  return [
    ...cleanAround(region, boxes),
    ...(media === undefined ? [] : cleanAround(region, region.boxes(media.body, media.end))),
  ];
}

function cleanSamples(tracks: readonly Track[], { store, seen }: Around): readonly Patch[] {
  const telemetry = tracks.filter(({ isTelemetry }) => isTelemetry).flatMap(({ chunks }) => chunks);
  for (const { isTelemetry, chunks } of tracks)
    if (!isTelemetry) for (const chunk of chunks) seen.push(chunk);
  const there = telemetry.map((range) => clipped(range, store));
  return there.filter(({ length }) => length > 0).map(zeros);
}

/** Of a film that was broken off only what is there. */
function clipped(range: Range, store: readonly Range[]): Range {
  const home = store.find(({ at, length }) => range.at >= at && range.at <= at + length);
  if (home === undefined) {
    const end = Math.max(0, ...store.map(({ at, length }) => at + length));
    if (range.at < end && range.length > 0) throw new RangeError("samples outside of the store");
    return { at: range.at, length: 0 };
  }
  return { at: range.at, length: Math.min(range.length, home.at + home.length - range.at) };
}

/** `meta` of a picture says where its picture is; that of a film is only about it. */
function cleanTopMeta(region: Region, meta: Box, around: Around): readonly Patch[] {
  const isBare = region.ascii(meta.body + 4, 4) === "hdlr";
  const boxes = isBare ? [] : region.boxes(meta.body + 4, meta.end);
  const handler = boxOf(boxes, "hdlr");
  const isPicture = handler !== undefined && region.ascii(handler.body + 8, 4) === "pict";
  if (isPicture) return cleanPicture(region, meta, boxes, around);
  if (!around.isFilm) throw new RangeError("neither a film nor a picture");
  return cleanMeta(region, meta);
}

function cleanPicture(
  region: Region,
  meta: Box,
  boxes: readonly Box[],
  { store, seen }: Around,
): readonly Patch[] {
  const telling = boxes.filter(({ type }) => ["xml ", "bxml", "ID32"].includes(type)).flatMap(freed);
  const items = readItems(region, meta);
  for (const range of items.kept) seen.push(range);
  if (!isWithin([...items.exif, ...items.xmp], [...store, ...items.store]))
    throw new RangeError("what tells a place lies where nothing of it belongs");
  return [...telling, ...cleanUuids(region, boxes), ...emptied(items)];
}

/** No Exif is not the same as an empty one: some readers refuse a picture whose Exif is bent. */
const EMPTY_EXIF = Uint8Array.from([0, 0, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0]);
const EMPTY_XMP = Uint8Array.from(Buffer.from('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>', "latin1"));

const emptied = ({ exif, xmp }: Items): readonly Patch[] => [
  ...exif.map((range) => filled(range, EMPTY_EXIF, 0)),
  ...xmp.map((range) => filled(range, EMPTY_XMP, 0x20)),
];

const filled = (range: Range, head: Uint8Array, fill: number): Patch =>
  range.length < head.length ? zeros(range) : { ...range, head, fill };
