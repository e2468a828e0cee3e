import { createHash } from "node:crypto";

/** Makes unguessable-looking but repeatable names: the same run of a test gives the same ids. */
export interface Identifiers {
  /** Base64url text of the given length (at most 43 characters). */
  next(length: number): string;
}

/** Names derived from a counter and a seed by SHA-256. */
export function createIdentifiers(seed: string): Identifiers {
  let counter = 0;
  return {
    next(length) {
      counter += 1;
      return createHash("sha256").update(`${seed}/${counter}`).digest("base64url").slice(0, length);
    },
  };
}
