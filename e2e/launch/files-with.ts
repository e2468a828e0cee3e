import { readdirSync, readFileSync, type Dirent } from "node:fs";
import { join } from "node:path";

/** The files below a folder in which one of these texts is written, by path. The folder may be in use meanwhile. */
export function filesWith(folder: string, texts: readonly string[]): string[] {
  const needles = texts.map((text) => Buffer.from(text));
  const within = (path: string, entry: Dirent): string[] => {
    if (entry.isDirectory()) return below(path);
    const bytes = unlessGone(() => readFileSync(path));
    return needles.some((needle) => bytes?.includes(needle)) ? [path] : [];
  };
  const below = (dir: string): string[] =>
    (unlessGone(() => readdirSync(dir, { withFileTypes: true })) ?? []).flatMap((entry) =>
      within(join(dir, entry.name), entry),
    );
  return below(folder);
}

/** What is deleted or renamed between being listed and being read has nothing in it. */
function unlessGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
