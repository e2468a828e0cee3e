import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How electron-builder finds the fuses in a binary (@electron/fuses). */
const FUSE_SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
/** How many fuses Electron 45 has, all of the wire's first version. */
const FUSES = 9;

/** A program with this many fuses, all off. */
export function programWithFuses(count = FUSES): Buffer {
  return Buffer.concat([
    Buffer.from("#!/bin/sh\necho 'a stand-in for Electron'; exit 1\n"),
    Buffer.from(FUSE_SENTINEL),
    Buffer.from([1, count, ...Buffer.from("0".repeat(count))]),
    Buffer.from("\n"),
  ]);
}

/**
 * Fills `dir` with what an unpacked Electron for Linux has, as far as packaging looks at it: the program with its
 * fuses (all off), pictures of locales, licences. It does not run.
 */
export function makeDistribution(dir: string, version: string): void {
  for (const folder of ["locales", "resources"]) mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, "electron"), programWithFuses());
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
