import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { cacheDir, root } from "./root.mjs";
import { say, secondsSince } from "./say.mjs";

/** How long a failed download keeps us from trying again, in milliseconds. */
export const RETRY_AFTER = 6 * 60 * 60 * 1000;

const packageDir = join(root, "node_modules", "electron");
const failureFile = join(cacheDir, "electron-failed.json");

/**
 * The Electron program, when it is here.
 * @returns {string | undefined}
 */
export function findElectron() {
  try {
    const name = readFileSync(join(packageDir, "path.txt"), "utf8");
    const program = join(process.env["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(packageDir, "dist"), name);
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined; // path.txt is written last, after the download was unpacked
  }
}

/**
 * Whether a download that failed then should be tried again now (both in milliseconds since 1970).
 * @param {{ at: number, version: string } | undefined} failure
 * @param {{ now: number, version: string }} asked
 */
export function isWorthTrying(failure, { now, version }) {
  if (!failure || failure.version !== version) return true;
  return now - failure.at >= RETRY_AFTER || now < failure.at;
}

/**
 * Electron, downloaded once by its own install step when it is missing. Bounded: a network that swallows packets must
 * not keep anyone from their messages.
 * @param {{ always?: boolean }} [options] `always`: also right after a failure
 * @returns {Promise<string | undefined>}
 */
export async function obtainElectron({ always = false } = {}) {
  const here = findElectron();
  if (here) return here;
  const { version } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));
  if (!always && !isWorthTrying(readFailure(), { now: Date.now(), version })) {
    say("Electron is not here and could not be downloaded lately; it will be tried again in some hours");
    return undefined;
  }
  say(`downloading Electron ${version} (about 110 MB, once)`);
  const start = performance.now();
  const { code, output, timedOut } = await run(process.execPath, [join(packageDir, "install.js")], {
    cwd: packageDir,
    timeout: 5 * 60_000,
  });
  const program = findElectron();
  if (code === 0 && program) {
    say(`Electron is ready (${secondsSince(start)})`);
    rmSync(failureFile, { force: true });
    return program;
  }
  say(`Electron could not be downloaded: ${timedOut ? "not done within 5 minutes" : reasonIn(output)}`);
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(failureFile, JSON.stringify({ at: Date.now(), version }));
  return undefined;
}

/** The line that tells most of a stack trace. */
function reasonIn(/** @type {string} */ output) {
  if (/ENOSPC/.test(output)) return "the disk is full";
  if (/fetch failed|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN/.test(output))
    return "its download server cannot be reached from here";
  return output.split("\n").find((line) => line.trim() !== "") ?? "its install step failed";
}

/** @returns {{ at: number, version: string } | undefined} */
function readFailure() {
  try {
    return JSON.parse(readFileSync(failureFile, "utf8"));
  } catch {
    return undefined;
  }
}
