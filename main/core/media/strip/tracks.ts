import type { Range } from "./patch.ts";
import { boxOf, type Box, type Region } from "./region.ts";

/** Where the samples of a track lie, and whether they are data beside sound and picture: positions, turns, faces. */
export interface Track {
  readonly isTelemetry: boolean;
  readonly chunks: readonly Range[];
}

/** Reads a `trak`. Throws RangeError where it is bent. */
export function readTrack(region: Region, trak: Box): Track {
  const media = inside(region, inside(region, [trak], "trak"), "mdia");
  const handler = boxOf(media, "hdlr");
  const table = inside(region, inside(region, media, "minf"), "stbl");
  return {
    isTelemetry: handler !== undefined && region.ascii(handler.body + 8, 4) === "meta",
    chunks: chunksOf(region, table),
  };
}

function inside(region: Region, boxes: readonly Box[], type: string): readonly Box[] {
  const box = boxOf(boxes, type);
  return box === undefined ? [] : region.boxes(box.body, box.end);
}

function chunksOf(region: Region, table: readonly Box[]): readonly Range[] {
  const offsets = boxOf(table, "stco") ?? boxOf(table, "co64");
  const perChunk = boxOf(table, "stsc");
  if (offsets === undefined || perChunk === undefined) return [];
  const size = sizes(region, table);
  const runs = runsIn(region, perChunk);
  const chunks: Range[] = [];
  const width = offsets.type === "stco" ? 4 : 8;
  let [run, sample] = [0, 0];
  for (let chunk = 0; chunk < region.u32(offsets.body + 4); chunk++) {
    while (chunk + 1 >= (runs[run + 1]?.first ?? Infinity)) run += 1;
    const samples = runs[run]?.samples ?? 0;
    const at = region.unsigned(offsets.body + 8 + chunk * width, width);
    chunks.push({ at, length: size.of(sample, samples) });
    sample += samples;
  }
  return chunks;
}

/** From which chunk on, counted from one, there are how many samples in each. */
function runsIn(
  region: Region,
  { body }: Box,
): readonly { readonly first: number; readonly samples: number }[] {
  const count = region.u32(body + 4);
  const runs = [];
  for (let i = 0; i < count; i++)
    runs.push({ first: region.u32(body + 8 + i * 12), samples: region.u32(body + 12 + i * 12) });
  return runs;
}

/** How many bytes a row of samples takes. */
function sizes(region: Region, table: readonly Box[]): { of(first: number, samples: number): number } {
  const box = boxOf(table, "stsz");
  if (box === undefined) return compactSizes(region, boxOf(table, "stz2"));
  const [every, count] = [region.u32(box.body + 4), region.u32(box.body + 8)];
  if (every > 0) return { of: (_, samples) => samples * every };
  return { of: (first, samples) => sum(first, samples, count, (i) => region.u32(box.body + 12 + i * 4)) };
}

function compactSizes(region: Region, box: Box | undefined): { of(first: number, samples: number): number } {
  if (box === undefined) return { of: () => 0 };
  const [bits, count] = [region.u8(box.body + 7), region.u32(box.body + 8)];
  const from = box.body + 12;
  const at = (i: number): number => {
    if (bits === 16) return region.u16(from + i * 2);
    if (bits === 8) return region.u8(from + i);
    const pair = region.u8(from + (i >> 1));
    return i % 2 === 0 ? pair >> 4 : pair & 15;
  };
  return { of: (first, samples) => sum(first, samples, count, at) };
}

function sum(first: number, samples: number, count: number, at: (i: number) => number): number {
  let total = 0;
  for (let i = first; i < Math.min(first + samples, count); i++) total += at(i);
  return total;
}
