// `npm run package [-- --dir] [--electron-dist FOLDER] [flags of electron-builder]`: the installers for this system, by
// electron-builder. With `--dir --electron-dist FOLDER` (any unpacked Electron) it needs no network.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "./build.mjs";
import { exitLike, forwardSignals } from "./child.mjs";
import { root } from "./root.mjs";
import { say } from "./say.mjs";
import { signingEnvironment } from "./signing.mjs";

/** @type {string[]} */
const kept = [];
const asked = builderArguments(process.argv.slice(2));
if ("error" in asked) {
  say(asked.error);
  process.exit(2);
}
const failure = await build({ force: true });
if (failure === undefined) {
  const builder = join(root, "node_modules", "electron-builder", "cli.js");
  const child = spawn(process.execPath, [builder, "--publish", "never", ...asked.args], {
    cwd: root,
    stdio: "inherit",
    env: signingEnvironment(process.env, keepMeanwhile),
  });
  forwardSignals(child);
  child.once("exit", (code, signal) => {
    for (const dir of kept) rmSync(dir, { recursive: true, force: true });
    exitLike(code, signal);
  });
} else {
  process.stderr.write(`${failure}\n`);
  say("nothing was packaged: the build failed");
  process.exitCode = 1;
}

/**
 * A file that only we can read, until all is packaged.
 * @param {string} secret
 */
function keepMeanwhile(secret) {
  const dir = mkdtempSync(join(tmpdir(), "dunlin-signing-"));
  kept.push(dir);
  const path = join(dir, "key.p8");
  writeFileSync(path, secret, { mode: 0o600 });
  return path;
}

/**
 * `--electron-dist FOLDER` is ours; all else is electron-builder's.
 * @param {string[]} argv
 * @returns {{ args: string[] } | { error: string }}
 */
function builderArguments(argv) {
  const at = argv.findIndex((arg) => arg === "--electron-dist" || arg.startsWith("--electron-dist="));
  if (at < 0) return { args: argv };
  const inline = argv[at]?.split("=").slice(1).join("=");
  const given = inline === "" || inline === undefined ? argv[at + 1] : inline;
  if (given === undefined) return { error: "--electron-dist needs a folder" };
  const folder = resolve(process.env["INIT_CWD"] ?? process.cwd(), given);
  if (!existsSync(folder)) return { error: `there is no Electron distribution in ${folder}` };
  const rest = argv.filter(
    (_, i) => i !== at && !(inline === "" || inline === undefined ? i === at + 1 : false),
  );
  return { args: [...rest, `-c.electronDist=${folder}`] };
}
