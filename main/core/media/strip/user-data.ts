import { freed } from "./free.ts";
import type { Patch } from "./patch.ts";
import { boxOf, type Box, type Region } from "./region.ts";

// What cameras and phones write beside sound and picture of a film: boxes of their own in `udta`, and lists of keys and
// values in `meta`. A box nobody knows goes: makers put places into boxes of their own invention.

/** Titles, people, rights, and what playing needs. `©` is 0xA9. Places (`©xyz`, `loci`), makers and models are not there. */
const KEPT = new Set([
  "ptv ",
  ...(
    "free skip meta name titl auth perf gnre dscp cprt albm yrrc rtng clsf kywd tsel hnti hinf ludt kind strk chpl tagc " +
    "WLOC LOOP SelO AllF " +
    "©nam ©ART ©alb ©art ©aut ©cmt ©com ©cpy ©day ©des ©dir ©ed1 ©enc ©fmt ©gen ©grp ©inf ©key ©lyr ©nak ©prd ©prf " +
    "©pub ©req ©snm ©src ©st3 ©swf ©too ©trk ©url ©wrn ©wrt"
  ).split(" "),
]);

/** Of the keys of `meta` (`com.apple.quicktime.location.ISO6709`), and of names in four letters. */
const TELLING =
  /location|gps|geo|coordinate|altitude|make$|manufacturer|model|camera|lens|serial|software|xmp|exif/i;
const TELLING_TYPE = /^(?:©xyz|loci|©mak|©mod|©swr|manu|modl|XMP_)$/;

/** The XML of Sony's cameras, ID3 with whatever is in it, and items stored by place, which a film's own list has no use for. */
const TELLING_BOXES = new Set(["xml ", "bxml", "ID32", "uuid", "iloc"]);

/** `udta` of a film or a track. Where its boxes are bent, all of it goes: nothing of it is sound or picture. */
export function cleanUserData(region: Region, udta: Box): readonly Patch[] {
  const boxes = boxesOrNull(region, udta.body, udta.end);
  if (boxes === null) return freed(udta);
  return boxes.flatMap((box) =>
    !KEPT.has(box.type) ? freed(box) : box.type === "meta" ? cleanMeta(region, box) : [],
  );
}

/** `meta` of a film or a track: not that of a picture, which says where the picture is. */
export function cleanMeta(region: Region, meta: Box): readonly Patch[] {
  const boxes = boxesOrNull(region, contentOf(region, meta), meta.end);
  if (boxes === null || boxOf(boxes, "iloc") !== undefined) return freed(meta);
  try {
    const keys = keysIn(region, boxOf(boxes, "keys"));
    return boxes.flatMap((box) => {
      if (TELLING_BOXES.has(box.type)) return freed(box);
      if (box.type !== "ilst") return [];
      return region
        .boxes(box.body, box.end)
        .flatMap((item) => (isTelling(region, item, keys) ? freed(item) : []));
    });
  } catch (error) {
    if (error instanceof RangeError) return freed(meta);
    throw error;
  }
}

/** QuickTime's `meta` has no version in front of its boxes, that of ISO has one. */
function contentOf(region: Region, { body, end }: Box): number {
  const isBare = end - body >= 8 && region.ascii(body + 4, 4) === "hdlr";
  return isBare ? body : Math.min(body + 4, end);
}

/** By their number, from one on. */
function keysIn(region: Region, keys: Box | undefined): readonly string[] {
  if (keys === undefined) return [];
  return region
    .boxes(keys.body + 8, keys.end)
    .map(({ body, end }) => region.ascii(body, Math.min(end - body, 256)));
}

function isTelling(region: Region, item: Box, keys: readonly string[]): boolean {
  if (TELLING_TYPE.test(item.type)) return true;
  // `----`: the name is a box of its own inside.
  if (item.type === "----") return TELLING.test(nameInside(region, item));
  const key = keys[region.u32(item.at + 4) - 1];
  return key !== undefined && TELLING.test(key);
}

function nameInside(region: Region, item: Box): string {
  const name = boxOf(region.boxes(item.body, item.end), "name");
  return name === undefined ? "" : region.ascii(name.body, Math.min(name.end - name.body, 256));
}

function boxesOrNull(region: Region, from: number, to: number): readonly Box[] | null {
  try {
    return region.boxes(from, to);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
