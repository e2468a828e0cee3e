import { open } from "node:fs/promises";
import type { Inspected } from "./inspect.ts";
import { UNKNOWN_TYPE } from "./sniff.ts";

/** Read at once, bytes. */
const PIECE = 256 * 1024;

/**
 * A text is a text, also where it begins like something else: "The wide river" has what QuickTime begins with, "ID3 tags"
 * what sound begins with. Null where the bytes are none: no sound, picture or film is UTF-8 without a NUL.
 */
export async function inspectText(path: string): Promise<Inspected | null> {
  const file = await open(path, "r");
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const bytes = new Uint8Array(PIECE);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, 0, PIECE, size);
      const piece = bytes.subarray(0, bytesRead);
      if (piece.includes(0) || !isDecodable(decoder, piece, bytesRead > 0)) return null;
      if (bytesRead === 0) break;
      size += bytesRead;
    }
    return { contentType: UNKNOWN_TYPE, size, pixels: 0, width: null, height: null };
  } finally {
    await file.close();
  }
}

function isDecodable(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array, stream: boolean): boolean {
  try {
    decoder.decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}
