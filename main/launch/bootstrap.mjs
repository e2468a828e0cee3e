// Everything here runs on the machine's own Node (20 or newer) with no node_modules. From `reexec` on, the project
// runs on the Node 24 that the dev dependency `node` brings: better-sqlite3 needs it, and it runs TypeScript as is.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitLike, forwardSignals, run } from "./child.mjs";
import { root } from "./root.mjs";
import { say, secondsSince } from "./say.mjs";

export { ensureDependencies } from "./dependencies.mjs";

/** Where the package `node` puts its program. */
export function node24Path() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  return join(root, "node_modules", "node", "bin", name);
}

/**
 * The Node 24 all our programs run on. npm may have been told to ignore install scripts; then the package's own
 * install step is run here.
 * @returns {Promise<string | undefined>} its path; undefined when it cannot be had (the reason was said)
 */
export async function ensureNode24() {
  const path = node24Path();
  if (await answers(path)) return path;
  say("npm did not run the install step of the package node (Node 24); running it now");
  const start = performance.now();
  const script = join(root, "node_modules", "node", "installArchSpecificPackage.js");
  const result = await run(process.execPath, [script], {
    cwd: join(root, "node_modules", "node"),
    timeout: 10 * 60_000,
  });
  if (await answers(path)) {
    say(`Node 24 is ready (${secondsSince(start)})`);
    return path;
  }
  process.stderr.write(result.output);
  say("Node 24 could not be installed: the npm registry has to be reachable and install scripts allowed");
  return undefined;
}

async function answers(/** @type {string} */ path) {
  if (!existsSync(path)) return false;
  const { code, stdout } = await run(path, ["--version"], { timeout: 30_000 });
  return code === 0 && stdout.startsWith("v24.");
}

/**
 * Runs `entry` on Node 24 in place of this process: same streams, signals passed on, its end becomes ours.
 * @param {string} node
 * @param {string} entry
 * @param {string[]} args
 */
export function reexec(node, entry, args) {
  const child = spawn(node, [entry, ...args], { cwd: root, stdio: "inherit", env: environmentFor(node) });
  forwardSignals(child);
  child.once("error", (error) => {
    say(`${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once("exit", exitLike);
}

/**
 * Tools started by name (`#!/usr/bin/env node`) must find Node 24 too.
 * @param {string} node
 */
function environmentFor(node) {
  const separator = process.platform === "win32" ? ";" : ":";
  const key = Object.keys(process.env).find((k) => k.toLowerCase() === "path") ?? "PATH";
  return { ...process.env, [key]: `${join(node, "..")}${separator}${process.env[key] ?? ""}` };
}
