// Files whose parts refer to each other by their place (films, HEIF, TIFF) are cleaned where they stand: what tells a
// place is written over, nothing moves, and every other byte stays what it was. That also needs no memory.

/** A file that is read in pieces. */
export interface Source {
  /** Bytes. */
  readonly size: number;
  /** Up to `length` bytes from `at`; fewer at the end. */
  read(at: number, length: number): Promise<Uint8Array>;
}

/** Bytes from `at` on, of the file or to be written over it. */
export interface Range {
  readonly at: number;
  readonly length: number;
}

/** `length` bytes at `at` become `head`, and then `fill` over and over. */
export interface Patch extends Range {
  readonly head: Uint8Array;
  readonly fill: number;
}

const NOTHING = new Uint8Array(0);

export const zeros = ({ at, length }: Range): Patch => ({ at, length, head: NOTHING, fill: 0 });

/** Whether anything of `these` lies in anything of `those`. */
export function overlap(these: readonly Range[], those: readonly Range[]): boolean {
  const sorted = [
    ...these.map((range) => ({ ...range, isOurs: true })),
    ...those.map((range) => ({ ...range, isOurs: false })),
  ]
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.at - b.at);
  const ends = { ours: 0, theirs: 0 };
  for (const { at, length, isOurs } of sorted) {
    if (at < (isOurs ? ends.theirs : ends.ours)) return true;
    if (isOurs) ends.ours = Math.max(ends.ours, at + length);
    else ends.theirs = Math.max(ends.theirs, at + length);
  }
  return false;
}

/** Whether each of `inner` lies wholly in one of `outer`. */
export const isWithin = (inner: readonly Range[], outer: readonly Range[]): boolean =>
  inner.every(({ at, length }) =>
    outer.some((one) => at >= one.at && length >= 0 && at + length <= one.at + one.length),
  );
