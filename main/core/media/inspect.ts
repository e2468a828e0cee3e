import { open } from "node:fs/promises";
import { dimensionsOf } from "./dimensions.ts";
import { SNIFFED_BYTES, sniffType, UNKNOWN_TYPE } from "./sniff.ts";

export interface Inspected {
  /** From the allow-list, or `application/octet-stream`. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Width times height for pictures, else 0. */
  readonly pixels: number;
  /** Of pictures, px; else null. */
  readonly width: number | null;
  readonly height: number | null;
}

/** Looks at a file on disk. A picture whose header gives no size is no picture. */
export async function inspectFile(path: string): Promise<Inspected> {
  const file = await open(path, "r");
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    };
    const { size } = await file.stat();
    const contentType = sniffType(await read(0, SNIFFED_BYTES));
    const nothing = { size, pixels: 0, width: null, height: null };
    if (!contentType.startsWith("image/")) return { contentType, ...nothing };
    const found = await dimensionsOf(contentType, read);
    return found === null
      ? { contentType: UNKNOWN_TYPE, ...nothing }
      : { contentType, size, pixels: found.width * found.height, ...found };
  } finally {
    await file.close();
  }
}
