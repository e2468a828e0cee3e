import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { appWindowArguments, findBrowser } from "./browsers.mjs";
import { passesOn, stopSignals } from "./child.mjs";
import { pipeFlag, whenLastWindowCloses } from "./last-window.mjs";
import { root } from "./root.mjs";
import { say } from "./say.mjs";

/**
 * Runs the headless host and, when asked, a browser window on it. Ends when the window is closed, on SIGTERM or
 * SIGINT, or when the host ends by itself.
 * @param {import("./flags.mjs").Flags & { profileDir: string }} flags
 * @param {NodeJS.ProcessEnv} env of the host alone; the browser gets our own
 * @param {string} [program] the built host
 * @returns {Promise<number>} the exit status
 */
export async function runHeadless(flags, env, program = join(root, "out", "main", "headless.js")) {
  const host = spawn(process.execPath, [program, ...hostArguments(flags)], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Whatever ends us unexpectedly must not leave the host behind.
  process.on("exit", () => host.kill("SIGTERM"));
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let browser;
  let stopping = false;
  const stop = (/** @type {NodeJS.Signals | undefined} */ signal) => {
    if (stopping) return;
    stopping = true;
    browser?.kill("SIGTERM");
    if (!signal || passesOn(signal, process.stdin.isTTY === true)) host.kill("SIGTERM");
    // A host that hangs must not leave a process behind; what it acknowledged is on disk.
    setTimeout(() => host.kill("SIGKILL"), 10_000).unref();
  };
  for (const signal of stopSignals) process.on(signal, () => stop(signal));
  forEachLine(host.stdout, (line) => {
    const url = addressIn(line);
    if (url === undefined) {
      process.stderr.write(`${line}\n`);
      return;
    }
    process.stdout.write(`${line}\n`);
    if (flags.open && !stopping) browser = openWindow(url, flags, () => stop(undefined));
  });
  const status = await ended(host);
  browser?.kill("SIGTERM");
  return stopping ? 0 : status;
}

/**
 * The address in a host's `ready …` line.
 * @param {string} line
 * @returns {string | undefined}
 */
export function addressIn(line) {
  return /^ready (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+)$/.exec(line)?.[1];
}

/** @param {import("./flags.mjs").Flags & { profileDir: string }} flags */
function hostArguments({ profileDir, homeserver, port }) {
  return [
    "--profile-dir",
    profileDir,
    ...(homeserver === undefined ? [] : ["--homeserver", homeserver]),
    ...(port === undefined ? [] : ["--port", String(port)]),
  ];
}

/** @param {import("node:child_process").ChildProcess} host */
function ended(host) {
  return new Promise((resolve) => {
    host.once("error", (error) => {
      say(`the host could not be started: ${error.message}`);
      resolve(1);
    });
    host.once("exit", (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

/**
 * @param {string} url
 * @param {import("./flags.mjs").Flags & { profileDir: string }} flags
 * @param {() => void} onClosed
 */
function openWindow(url, { profileDir, remoteDebuggingPort }, onClosed) {
  const browser = findBrowser({
    platform: process.platform,
    env: process.env,
    home: homedir(),
    exists: existsSync,
  });
  if (!browser) {
    say(`no Chrome, Edge, Chromium or Brave was found; open this address in a browser: ${url}`);
    return undefined;
  }
  say(`opening a window with ${browser.name}`);
  const dataDir = join(profileDir, "browser");
  const isRoot = process.getuid?.() === 0;
  const args = appWindowArguments({ url, dataDir, isRoot, remoteDebuggingPort });
  const outlivesItsWindow = process.platform === "darwin";
  if (outlivesItsWindow) args.push(pipeFlag);
  const child = spawn(browser.path, args, {
    stdio: [
      "ignore",
      "ignore",
      "ignore",
      ...(outlivesItsWindow ? /** @type {const} */ (["pipe", "pipe"]) : []),
    ],
  });
  if (outlivesItsWindow) whenLastWindowCloses(child, onClosed);
  const failed = (/** @type {string} */ why) =>
    say(`the window could not be opened (${why}); open this address in a browser: ${url}`);
  child.once("error", (error) => failed(error.message));
  child.once("exit", (code) => {
    if (code === 0) onClosed();
    else failed(`${browser.name} ended with status ${code ?? "unknown"}`);
  });
  return child;
}

/**
 * @param {import("node:stream").Readable} stream
 * @param {(line: string) => void} onLine
 */
function forEachLine(stream, onLine) {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}
