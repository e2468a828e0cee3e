import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "./root.mjs";
import { say } from "./say.mjs";

/**
 * Runs `work` while no other launcher of this checkout does the same thing (two `npm start` at once would build into
 * one folder). A lock whose owner died is taken over.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {string} [dir] where locks lie
 * @returns {Promise<T>}
 */
export async function alone(name, work, dir = cacheDir) {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${name}.lock`);
  for (let told = false; !take(file);) {
    if (!told) say(`waiting for another run that is busy with "${name}" in this folder`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @returns {boolean} */
function take(/** @type {string} */ file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  if (ownerLives(file)) return false;
  rmSync(file, { force: true });
  return take(file);
}

function ownerLives(/** @type {string} */ file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    // Created but not written yet: the owner is at it right now, or died in between.
    if (!pid) return Date.now() - statSync(file).mtimeMs < 5000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
