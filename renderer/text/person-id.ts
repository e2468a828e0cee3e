import type { UserId } from "../../preload/contract/ids.ts";
import { bytesOver } from "./bytes.ts";

/** Bytes of a user ID at most (spec: user identifiers). */
const MAX_BYTES = 255;

/** What somebody typed as a whole ID of a person ("@name:server"), or null when it is none. */
export function readPersonId(typed: string): UserId | null {
  const text = typed.trim();
  const isId = /^@[^\s:\0]+:[A-Za-z0-9.:[\]-]+$/u.test(text) && text.isWellFormed();
  return isId && bytesOver(text, MAX_BYTES) === 0 ? (text as UserId) : null;
}
