import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { addressIn } from "../../main/launch/headless-app.mjs";
import { root } from "../../main/launch/root.mjs";

export interface AppOptions {
  profileDir: string;
  homeserver?: string;
  /** Added to our own environment. */
  env?: Record<string, string>;
  /** Further flags of the headless host. */
  args?: readonly string[];
  /** Another built host than `out/main/headless.js`. */
  program?: string;
}

/** A running headless host. */
export interface RunningApp {
  /** Open this in a browser: the address with its token. */
  url: string;
  pid: number;
  /** SIGTERM, and the exit status it ended with. */
  stop(): Promise<number | null>;
  /** SIGKILL of every process it started, as a power cut. */
  kill(): Promise<void>;
  /** What it said so far. */
  stderr(): string;
}

/** How long a start may take on a busy two-core machine, in milliseconds. */
const START_LIMIT = 60_000;

/** `DUNLIN_APP_DIR`: the unpacked files of a package, in place of what was built here. */
const built = join(process.env["DUNLIN_APP_DIR"] ?? root, "out", "main", "headless.js");

/** Starts `out/main/headless.js` (build it first) and waits for its ready line. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const child = spawn(process.execPath, argumentsOf(options), {
    cwd: root,
    // A process group of its own, so that `kill` reaches whatever the host started.
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const killNow = () => killTree(child);
  process.on("exit", killNow);
  const exited = once(child, "exit").finally(() => process.off("exit", killNow)) as Promise<[number | null]>;
  const url = await readyLine(child, exited).catch((error: unknown) => {
    killTree(child);
    throw new Error(`the app did not start: ${String(error)}\n${said}`);
  });
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (hasEnded(child)) return child.exitCode;
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
    async kill() {
      if (hasEnded(child)) return;
      killTree(child);
      await exited;
    },
    stderr: () => said,
  };
}

function argumentsOf({ profileDir, homeserver, args = [], program = built }: AppOptions): string[] {
  const given = ["--profile-dir", profileDir, "--port", "0"];
  if (homeserver !== undefined) given.push("--homeserver", homeserver);
  return [program, ...given, ...args];
}

function readyLine(child: ChildProcess, exited: Promise<[number | null]>): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`no ready line within ${START_LIMIT / 1000} s`)),
      START_LIMIT,
    );
    let printed = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const url = printed
        .split(/\r?\n/)
        .map(addressIn)
        .find((address) => address !== undefined);
      if (url === undefined) return;
      clearTimeout(late);
      resolve(url);
    });
    exited.then(
      ([code]) => {
        clearTimeout(late);
        reject(new Error(`it ended with status ${code}`));
      },
      (error: unknown) => {
        clearTimeout(late);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killTree(child: ChildProcess): void {
  if (hasEnded(child) || child.pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // the group is gone already
  }
}
