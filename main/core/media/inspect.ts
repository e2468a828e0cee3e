import { open } from "node:fs/promises";
import { dimensionsOf } from "./dimensions.ts";
import { SNIFFED_BYTES, sniffType, UNKNOWN_TYPE } from "./sniff.ts";

export interface Inspected {
  /** From the allow-list, or `application/octet-stream`. */
  readonly contentType: string;
  /** Width times height for pictures, else 0. */
  readonly pixels: number;
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
    const contentType = sniffType(await read(0, SNIFFED_BYTES));
    if (!contentType.startsWith("image/")) return { contentType, pixels: 0 };
    const size = await dimensionsOf(contentType, read);
    return size === null
      ? { contentType: UNKNOWN_TYPE, pixels: 0 }
      : { contentType, pixels: size.width * size.height };
  } finally {
    await file.close();
  }
}
