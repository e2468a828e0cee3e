import { chmodSync, mkdirSync, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import { FailureError, toFailure } from "../core/failure.ts";

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Where a user's data lives when no `--profile-dir` says otherwise; the same place as the launcher's. */
export function defaultProfileDir({ platform, env, home }: Machine): string {
  if (platform === "win32")
    return win32.join(env["APPDATA"] || win32.join(home, "AppData", "Roaming"), "Dunlin");
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "Dunlin");
  // The XDG specification: a relative path there is invalid and has to be ignored.
  const xdg = env["XDG_DATA_HOME"];
  const base = xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home, ".local", "share");
  return posix.join(base, "dunlin");
}

/** Makes `dir` exist and be ours alone: it holds messages and tokens. Throws a `storage` failure. */
export function prepareProfileDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (process.platform === "win32") return; // a user's folder is private there by inheritance
    // Only when needed: on a read-only disk an unneeded chmod would hide the better error that the store gives.
    if ((statSync(dir).mode & 0o077) !== 0) chmodSync(dir, 0o700);
  } catch (error) {
    const { problem = "other", message } = toFailure(error);
    throw new FailureError({ kind: "storage", problem, message }, { cause: error });
  }
}
