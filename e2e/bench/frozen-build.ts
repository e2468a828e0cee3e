import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../main/launch/root.mjs";

const out = join(root, "out");
const frozen = join(out, "bench");

/** The headless host of the copy. */
export const frozenHost = join(frozen, "main", "headless.js");

/** Copies what was built: a bench takes long, and whoever builds meanwhile must not change what is measured. */
export function freezeBuild(): void {
  rmSync(frozen, { recursive: true, force: true });
  for (const part of ["main", "renderer"]) cpSync(join(out, part), join(frozen, part), { recursive: true });
}
