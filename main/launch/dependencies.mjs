import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { alone } from "./lock.mjs";
import { say, secondsSince } from "./say.mjs";

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lockfile */

/**
 * Whether what is installed is what the lock file asks for. npm writes node_modules/.package-lock.json at the very
 * end of an install, so an install cut short reads as "not installed". Packages for other systems are optional.
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile | undefined} installed node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
  if (!installed) return false;
  return Object.entries(wanted.packages ?? {}).every(([path, { version, optional, link }]) => {
    if (path === "" || link) return true;
    const there = installed.packages?.[path];
    return there ? there.version === version : optional === true;
  });
}

/**
 * One sentence for the usual ways `npm ci` fails.
 * @param {string} output what npm printed
 */
export function explainNpmFailure(output) {
  if (/ENOSPC/.test(output)) return "the disk is full; npm could not write node_modules";
  if (/E(ACCES|PERM|ROFS)\b/.test(output)) return "npm may not write into this folder (no permission)";
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(
      output,
    )
  )
    return "the npm registry could not be reached; check the network or the proxy and try again";
  if (/EINTEGRITY/.test(output)) return "a downloaded package does not match package-lock.json";
  if (/EUSAGE|in sync/.test(output))
    return "package-lock.json does not match package.json; run npm install once";
  return "npm ci failed";
}

/**
 * Makes node_modules what package-lock.json asks for; does nothing when it is.
 * @param {string} root the checkout
 * @returns {Promise<string | undefined>} why it could not be done, as one sentence
 */
export async function ensureDependencies(root) {
  if (isInstalled(readJson(join(root, "package-lock.json")) ?? {}, installedLock(root))) return undefined;
  return alone("install", () => install(root), join(root, ".cache", "dunlin"));
}

async function install(/** @type {string} */ root) {
  const wanted = readJson(join(root, "package-lock.json")) ?? {};
  if (isInstalled(wanted, installedLock(root))) return undefined;
  const count = Object.values(wanted.packages ?? {}).filter((p) => !p.optional).length;
  const why = existsSync(join(root, "node_modules")) ? "node_modules is out of date" : "first run";
  say(`${why}: installing about ${count} packages with npm ci, usually one minute`);
  const start = performance.now();
  const ticking = setInterval(() => say(`still installing packages (${secondsSince(start)})`), 15_000);
  const result = await run(npmCommand(), ["ci", "--no-audit", "--no-fund"], {
    cwd: root,
    timeout: 20 * 60_000,
    // npm on Windows is a .cmd file, which Node starts only through the shell.
    shell: process.platform === "win32",
    env: installEnvironment(process.env),
  });
  clearInterval(ticking);
  if (result.code === 0) {
    say(`packages installed in ${secondsSince(start)}`);
    return undefined;
  }
  process.stderr.write(result.output);
  if (result.timedOut) return "npm ci did not end within 20 minutes; it was stopped";
  return explainNpmFailure(result.output);
}

function npmCommand() {
  return process.platform === "win32" ? "npm.cmd" : "npm";
}

/**
 * `npm start -- --omit=dev` or a production shell would leave out what building needs.
 * @param {NodeJS.ProcessEnv} env
 */
function installEnvironment(env) {
  const { NODE_ENV: _mode, npm_config_omit: _omit, npm_config_production: _production, ...rest } = env;
  return rest;
}

function installedLock(/** @type {string} */ root) {
  return readJson(join(root, "node_modules", ".package-lock.json"));
}

/** @returns {Lockfile | undefined} */
function readJson(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // missing or half written: both mean "install again"
  }
}
