import type { Source } from "./patch.ts";

/** A box of the ISO base media file format (ISO/IEC 14496-12). Places are those of the file. */
export interface Box {
  /** Four characters, Latin-1. */
  readonly type: string;
  readonly at: number;
  /** Where its content begins. */
  readonly body: number;
  readonly end: number;
}

/** What is read into memory of one file for being looked at, bytes: tables of a film of many hours are smaller. */
const MOST = 64 * 1024 ** 2;

/** Part of a file in memory, addressed by places in the file. All of it throws RangeError beyond what is there. */
export class Region {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;

  constructor(bytes: Uint8Array, base: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
  }

  static async of(source: Source, at: number, end: number): Promise<Region> {
    const length = end - at;
    if (length < 0 || length > MOST) throw new RangeError("too much to be looked at");
    const bytes = await source.read(at, length);
    if (bytes.length < length) throw new RangeError("cut off");
    return new Region(bytes, at);
  }

  u8(at: number): number {
    return this.#view.getUint8(at - this.#base);
  }
  u16(at: number, isLittle = false): number {
    return this.#view.getUint16(at - this.#base, isLittle);
  }
  u32(at: number, isLittle = false): number {
    return this.#view.getUint32(at - this.#base, isLittle);
  }
  u64(at: number, isLittle = false): number {
    const value = this.#view.getBigUint64(at - this.#base, isLittle);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("no place in a file");
    return Number(value);
  }
  /** A number of so many bytes; none are the number nought. */
  unsigned(at: number, bytes: number): number {
    if (bytes === 0) return 0;
    if (bytes === 4) return this.u32(at);
    if (bytes === 8) return this.u64(at);
    throw new RangeError("no such number");
  }
  bytes(at: number, length: number): Uint8Array {
    const from = at - this.#base;
    if (from < 0 || length < 0 || from + length > this.#bytes.length) throw new RangeError("beyond the end");
    return this.#bytes.subarray(from, from + length);
  }
  ascii(at: number, length: number): string {
    return String.fromCharCode(...this.bytes(at, length));
  }
  /** Up to a NUL, or to `end`. */
  text(at: number, end: number): string {
    let to = at;
    while (to < end && this.u8(to) !== 0) to += 1;
    return this.ascii(at, Math.min(to - at, 1024));
  }

  /** The boxes from `from` to `to`. A few bytes that are no box may follow the last. */
  boxes(from: number, to: number): readonly Box[] {
    const found: Box[] = [];
    for (let at = from; to - at >= 8;) {
      const box = this.#boxAt(at, to);
      found.push(box);
      at = box.end;
    }
    return found;
  }

  #boxAt(at: number, to: number): Box {
    const said = this.u32(at);
    const body = said === 1 ? at + 16 : at + 8;
    const size = said === 1 ? this.u64(at + 8) : said === 0 ? to - at : said;
    if (size < body - at || at + size > to) throw new RangeError("a box that leaves its place");
    return { type: this.ascii(at + 4, 4), at, body, end: at + size };
  }
}

/** The first box of this type. */
export const boxOf = (boxes: readonly Box[], type: string): Box | undefined =>
  boxes.find((box) => box.type === type);
