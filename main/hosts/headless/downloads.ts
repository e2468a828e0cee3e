import { mkdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Folders } from "../../core/platform.ts";

/** A browser's page cannot ask for a folder of this machine: what is made goes where downloads go. */
export const downloads = (env: NodeJS.ProcessEnv, home: string): Folders => ({
  asks: false,
  async choose() {
    const dir = downloadsDir(env, home);
    await mkdir(dir, { recursive: true });
    return dir;
  },
});

/** The desktop's own variable where it is set, else the name it has nearly everywhere. */
export function downloadsDir(env: NodeJS.ProcessEnv, home: string): string {
  const named = env["XDG_DOWNLOAD_DIR"]?.replace(/^\$HOME(?=\/|$)/, home);
  return named !== undefined && isAbsolute(named) ? named : join(home, "Downloads");
}
