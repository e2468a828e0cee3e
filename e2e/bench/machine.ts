import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type as systemName } from "node:os";
import { join } from "node:path";
import { root } from "../../main/launch/root.mjs";
import { chromiumPath } from "../launch/chromium.ts";

/** Where and with what it was measured: without it the numbers mean nothing. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  readonly processors: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly browser: string;
  readonly betterSqlite3: string;
  readonly svelte: string;
  /** Processes that wanted to run in the minute before, besides ours: above 0 the numbers are too high. */
  readonly loadBefore: number;
}

export function thisMachine(): Machine {
  return {
    date: new Date().toISOString(),
    commit: told("git", ["describe", "--always", "--dirty"]),
    processors: `${availableParallelism()} × ${cpus()[0]?.model ?? "unknown"}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()}`,
    node: process.version,
    browser: told(chromiumPath() ?? "chromium", ["--version", "--no-sandbox"]),
    betterSqlite3: versionOf("better-sqlite3"),
    svelte: versionOf("svelte"),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** As lines for people. */
export function machineLines(machine: Machine): string {
  return Object.entries(machine)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === "number" ? Math.round(value * 10) / 10 : String(value)}`,
    )
    .join("\n");
}

function told(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}

function versionOf(name: string): string {
  const text = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
