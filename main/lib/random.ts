import { randomBytes } from "node:crypto";

/** The machine's own chance. */
export const systemRandom = {
  /** 0 ≤ x < 1, for jitter only: guessable. */
  fraction: (): number => Math.random(),
  /** Unguessable and URL-safe: 192 bits in 32 characters. */
  token: (): string => randomBytes(24).toString("base64url"),
};
