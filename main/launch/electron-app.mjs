import { spawn } from "node:child_process";
import { join } from "node:path";
import { forwardSignals } from "./child.mjs";
import { root } from "./root.mjs";

/**
 * Runs the Electron app until it quits.
 * @param {string} program
 * @param {import("./flags.mjs").Flags & { profileDir: string }} flags
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number | "unusable">} its exit status; "unusable" when the program itself cannot run here
 */
export function runElectron(program, flags, env) {
  const child = spawn(program, electronArguments(flags, process.getuid?.() === 0), {
    cwd: root,
    env,
    // Chromium writes to stdout now and then; ours belongs to machines.
    stdio: ["ignore", process.stderr, process.stderr],
  });
  let stopping = false;
  process.once("SIGTERM", () => (stopping = true));
  process.once("SIGINT", () => (stopping = true));
  forwardSignals(child);
  return new Promise((resolve) => {
    child.once("error", () => resolve("unusable"));
    child.once("exit", (code, signal) => {
      if (stopping) resolve(0);
      // 127: the loader found no library it needs, as on a server without a desktop.
      else if (code === 127) resolve("unusable");
      else resolve(signal ? 1 : (code ?? 1));
    });
  });
}

/**
 * @param {import("./flags.mjs").Flags & { profileDir: string }} flags
 * @param {boolean} isRoot
 */
export function electronArguments({ profileDir, homeserver, remoteDebuggingPort }, isRoot) {
  return [
    // Electron's own switches go before the app's path, the app's flags after it.
    ...(isRoot ? ["--no-sandbox"] : []),
    ...(remoteDebuggingPort === undefined ? [] : [`--remote-debugging-port=${remoteDebuggingPort}`]),
    join(root, "out", "main", "electron.js"),
    "--profile-dir",
    profileDir,
    ...(homeserver === undefined ? [] : ["--homeserver", homeserver]),
  ];
}
