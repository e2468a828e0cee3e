import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Disks of a few megabytes, in memory. Only Linux can mount one without more ado; there root does, or sudo where it
// asks for no password.

/** Only there the tests exist; elsewhere `npm test` says that they were left out. */
export const isLinux = process.platform === "linux";

export interface SmallDisk {
  readonly dir: string;
  makeReadOnly(): void;
  remove(): void;
}

/** `size` as tmpfs takes it: `8m`. Throws where we may not mount. */
export function mountSmallDisk(size: string): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), "dunlin-disk-"));
  const owner = `uid=${process.getuid?.() ?? 0},gid=${process.getgid?.() ?? 0},mode=0700`;
  try {
    asRoot("mount", "-t", "tmpfs", "-o", `size=${size},${owner}`, "tmpfs", dir);
  } catch (error) {
    rmdirSync(dir);
    throw error;
  }
  return {
    dir,
    makeReadOnly: () => asRoot("mount", "-o", "remount,ro", dir),
    remove() {
      asRoot("umount", "-l", dir);
      rmdirSync(dir);
    },
  };
}

/** Why no disk can be mounted here, or null. */
export function whyNoDisk(): string | null {
  try {
    mountSmallDisk("1m").remove();
    return null;
  } catch {
    return "mounting a small disk needs root, or sudo without a password";
  }
}

function asRoot(...command: readonly [string, ...string[]]): void {
  const [program, ...args] = process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
}
