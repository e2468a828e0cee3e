import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What .config/licences.ts has collected while building, of both bundles, as one text. */
export async function readLicences(outDir: string): Promise<string> {
  const files = ["main", "renderer"].map((part) => join(outDir, part, "licences.txt"));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.filter((text) => text !== "").join("\n\n");
}
