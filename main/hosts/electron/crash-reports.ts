import { existsSync, readdirSync, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Folders } from "../../core/platform.ts";

// What Chromium writes when a process of the app crashes. Reports hold memory, and so words and keys: they stay in the
// profile, and leave it only when the user puts them somewhere.

/** Where they are. */
export const crashesIn = (profileDir: string): string => join(profileDir, "crashes");

interface CrashReport {
  /** Below the folder of reports. */
  readonly name: string;
  readonly at: Date;
  readonly bytes: number;
}

/** Those there are, oldest first. */
export function crashReports(dir: string): readonly CrashReport[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".dmp"))
    .map((name) => {
      const { mtime, size } = statSync(join(dir, name));
      return { name, at: mtime, bytes: size };
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Copies all of them into a folder the user names. How many; null when the user declined; 0, unasked, without any. */
export async function saveCrashReports(
  folders: Pick<Folders, "choose">,
  profileDir: string,
): Promise<number | null> {
  const dir = crashesIn(profileDir);
  const reports = crashReports(dir);
  if (reports.length === 0) return 0;
  const folder = await folders.choose();
  if (folder === null) return null;
  for (const [index, { name, at }] of reports.entries()) {
    const when = at.toISOString().slice(0, 19).replace(/\D/g, "");
    await copyFile(join(dir, name), join(folder, `dunlin-crash-${when}-${index + 1}.dmp`));
  }
  return reports.length;
}
