import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How electron-builder finds the fuses in a binary (@electron/fuses). */
const FUSE_SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
/** Fuses of the wire's first version that Electron 45 has. */
export const FUSES = 8;

/**
 * Fills `dir` with what an unpacked Electron for Linux has, as far as packaging looks at it: the program with its
 * fuses (all off), pictures of locales, licences. It does not run.
 */
export function makeDistribution(dir: string, version: string): void {
  for (const folder of ["locales", "resources"]) mkdirSync(join(dir, folder), { recursive: true });
  const wire = Buffer.from([1, FUSES, ...Array.from({ length: FUSES }, () => "0".charCodeAt(0))]);
  const program = Buffer.concat([
    Buffer.from("#!/bin/sh\necho 'a stand-in for Electron'; exit 1\n"),
    Buffer.from(FUSE_SENTINEL),
    wire,
    Buffer.from("\n"),
  ]);
  writeFileSync(join(dir, "electron"), program);
  chmodSync(join(dir, "electron"), 0o755);
  const files = ["LICENSE", "LICENSES.chromium.html", "resources.pak", "icudtl.dat"];
  for (const file of [...files, "locales/en-US.pak", "locales/de.pak"]) writeFileSync(join(dir, file), file);
  writeFileSync(join(dir, "version"), version);
}

/** The fuses of a packaged program, as a row of 0 and 1, or null when it has none. */
export function readFuses(program: Buffer): string | null {
  const at = program.indexOf(FUSE_SENTINEL);
  if (at < 0) return null;
  const wire = at + FUSE_SENTINEL.length;
  return program.subarray(wire + 2, wire + 2 + (program[wire + 1] ?? 0)).toString("latin1");
}
