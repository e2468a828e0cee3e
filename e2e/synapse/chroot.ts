// What installing into the Debian of our own has in common, whatever is installed.
import { run } from "../../main/launch/child.mjs";
import { say, secondsSince } from "../../main/launch/say.mjs";
import { aptProxy } from "../launch/apt.ts";
import { synapseDir } from "./engine.ts";

export const MINUTES = 60_000;
/** Where Debian packages come from. */
export const mirror = process.env["DUNLIN_DEBIAN_MIRROR"] ?? "http://deb.debian.org/debian";

/** Package scripts read /proc; it is there only while they run. A container may forbid the mount: go on without. */
export async function withProc(work: () => Promise<string | undefined>): Promise<string | undefined> {
  const point = `${synapseDir}/proc`;
  const { code } = await run("mount", ["-t", "proc", "proc", point], { timeout: MINUTES });
  if (code !== 0) say("/proc could not be mounted inside; going on without it");
  try {
    return await work();
  } finally {
    if (code === 0) {
      const unmounted = await run("umount", [point], { timeout: MINUTES });
      if (unmounted.code !== 0) await run("umount", ["-l", point], { timeout: MINUTES });
    }
  }
}

/**
 * Runs one step of an installation, saying how it goes; `timeout` in ms.
 * @returns why it failed, as one sentence; undefined when it is done
 */
export async function step(
  what: string,
  command: string,
  args: string[],
  timeout: number,
): Promise<string | undefined> {
  const start = performance.now();
  const ticking = setInterval(() => say(`still installing ${what} (${secondsSince(start)})`), 15_000);
  const proxy = await aptProxy();
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C", ...proxy };
  const { code, output, timedOut } = await run(command, args, { timeout, env });
  clearInterval(ticking);
  if (code === 0) {
    say(`installed ${what} (${secondsSince(start)})`);
    return undefined;
  }
  process.stderr.write(`${output.split("\n").slice(-30).join("\n")}\n`);
  if (timedOut) return `installing ${what} did not end within ${timeout / MINUTES} minutes`;
  if (/No space left/.test(output)) return `the disk is full; ${what} could not be installed`;
  if (/Couldn't download|Failed getting release|Failed to fetch|Could not resolve/.test(output))
    return `the Debian mirror ${mirror} could not be reached; ${what} could not be installed`;
  return `${what} could not be installed`;
}
