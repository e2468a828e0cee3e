import { spawn, spawnSync } from "node:child_process";

/**
 * The signals that ask a program to end.
 * @type {readonly NodeJS.Signals[]}
 */
export const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * What a parent does with a signal it got. A Ctrl-C in a terminal reaches the whole process group, so the child has
 * it already and a second one would read as "now, at once"; a signal sent to our pid alone must be passed on.
 * @param {NodeJS.Signals} signal
 * @param {boolean} inTerminal
 */
export function passesOn(signal, inTerminal) {
  return signal === "SIGTERM" || !inTerminal;
}

/**
 * Forwards SIGTERM, SIGINT and SIGHUP to `child`, once each, while it lives, and keeps this process alive meanwhile.
 * @param {import("node:child_process").ChildProcess} child
 */
export function forwardSignals(child) {
  const seen = new Set();
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    if (seen.has(signal)) return;
    seen.add(signal);
    if (passesOn(signal, process.stdin.isTTY === true)) child.kill(signal);
  };
  for (const signal of stopSignals) process.on(signal, forward);
  child.once("exit", () => {
    for (const signal of stopSignals) process.off(signal, forward);
  });
}

/**
 * The exit of a child as its parent's own: the same code, or death by the same signal.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitLike(code, signal) {
  if (signal && process.platform !== "win32") process.kill(process.pid, signal);
  else process.exit(code ?? 1);
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Ends every command `run` has under way: an interrupted run must leave no process behind. */
export function endRunning() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * Kills a command and everything it started: a runner killed alone leaves its browsers and servers at work, and they slow
 * down or fail what runs next.
 * @param {import("node:child_process").ChildProcess} child
 */
function killTree(child) {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/T", "/F", "/PID", String(child.pid)]);
    return;
  }
  for (const pid of withDescendants(child.pid)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it ended meanwhile
    }
  }
}

/**
 * A process and all that descend from it, by what `ps` says now.
 * @param {number} ancestor
 * @returns {number[]}
 */
function withDescendants(ancestor) {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = (stdout ?? "").split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const found = [ancestor];
  // Grows while it is walked.
  for (const parent of found)
    for (const [pid, ppid] of pairs) if (ppid === parent && pid !== undefined) found.push(pid);
  return found;
}

/**
 * Runs a command to its end with its output kept.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number, shell?: boolean, onLine?: (line: string) => void }} [options]
 *   `timeout` in milliseconds, then it and all it started is killed; `onLine` sees every line of both streams as it comes.
 * @returns {Promise<{ code: number | null, output: string, stdout: string, timedOut: boolean }>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const { cwd, env, timeout, shell = false, onLine } = options;
    const child = spawn(command, args, { cwd, env, shell, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let output = "";
    let stdout = "";
    let timedOut = false;
    const timer = timeout
      ? setTimeout(() => {
          timedOut = true;
          killTree(child);
        }, timeout)
      : undefined;
    const take = (/** @type {string} */ text) => {
      output += text;
      if (onLine) for (const line of text.split(/\r?\n/)) if (line.trim()) onLine(line);
    };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding("utf8").on("data", take);
    child.once("error", (error) => take(`${error.message}\n`));
    child.once("close", (code) => {
      running.delete(child);
      clearTimeout(timer);
      resolve({ code: code ?? null, output, stdout, timedOut });
    });
  });
}
