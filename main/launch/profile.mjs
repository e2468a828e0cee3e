import { posix, win32 } from "node:path";

/**
 * Where a user's data lives when no --profile-dir says otherwise; the place each system names for it.
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string }} machine
 */
export function defaultProfileDir({ platform, env, home }) {
  if (platform === "win32")
    return win32.join(env["APPDATA"] || win32.join(home, "AppData", "Roaming"), "Dunlin");
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "Dunlin");
  // The XDG specification: a relative path there is invalid and has to be ignored.
  const xdg = env["XDG_DATA_HOME"];
  const base = xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home, ".local", "share");
  return posix.join(base, "dunlin");
}
