import { readFileSync } from "node:fs";
import { join } from "node:path";
import { evasions } from "./evasion-payloads.ts";
import { payloads } from "./xss-payloads.ts";

/**
 * The payloads of DOMPurify's own tests (github.com/cure53/DOMPurify, `test/fixtures/expect.mjs` at
 * 1fa97e8f0b671ded461adfe6af255f2aab4202d0), without what it makes of them. Copyright of Cure53 and other contributors,
 * under the Apache License 2.0.
 */
const dompurifyPayloads = JSON.parse(
  readFileSync(join(import.meta.dirname, "dompurify-payloads.json"), "utf8"),
) as readonly string[];

/** Everything that is thrown at whatever shows what others wrote. */
export const attacks: readonly string[] = [...payloads, ...evasions, ...dompurifyPayloads].filter(
  (attack) => attack.trim() !== "",
);
