import { constants } from "node:fs";
import { access, copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

// Files of an archive on disk. What a name is made of is decided elsewhere; here is when they count as written.

/** A file is shorter than what was written down about it: the power went before the disk had it. */
export class TornFile extends Error {}

export interface ArchiveFiles {
  /** Cuts the file to `length` bytes and appends `text`; resolves with the new length when the disk has it. */
  append(path: string, length: number, text: string): Promise<number>;
  /** A whole file, under its name only when it is complete. */
  put(path: string, text: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Names in a folder; none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export const nodeFiles: ArchiveFiles = {
  async append(path, length, text) {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      if ((await file.stat()).size < length) throw new TornFile(path);
      await file.truncate(length);
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, length + at);
        at += bytesWritten;
      }
      await file.datasync();
      return length + bytes.length;
    } finally {
      await file.close();
    }
  },
  async put(path, text) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  },
  async copy(from, to) {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, `${to}.new`, constants.COPYFILE_FICLONE);
    await rename(`${to}.new`, to);
  },
  list: (path) => readdir(path).catch(() => []),
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  rename,
  remove: (path) => rm(path, { recursive: true, force: true, maxRetries: 3 }),
};

/** A name nobody has in this folder yet: the wished one, else with a number behind it. */
export async function freeName(folder: string, wished: string): Promise<string> {
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? wished : `${wished} (${n})`);
    const taken = await Promise.all([path, `${path}.partial`].map((one) => stat(one).catch(() => null)));
    if (taken.every((one) => one === null)) return path;
  }
}

/** Part of a file's or folder's name, from what somebody else wrote: letters and digits of any script. */
export function namePart(text: string, most = 40): string {
  const plain = text
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  // Names are at most 255 bytes nearly everywhere; a letter is at most four.
  return [...plain].slice(0, most).join("").replace(/-+$/, "");
}
