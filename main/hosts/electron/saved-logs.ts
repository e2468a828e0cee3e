import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { redact } from "../../lib/redact.ts";

/**
 * The logs of a profile as one text for somebody who helps: what the diagnostics say, both log files, and which crash
 * reports there are. The reports themselves stay where they are: they hold memory, and so what was written and keys.
 */
export function savedLogs(profileDir: string, diagnostics: string): string {
  const logs = ["dunlin.1.log", "dunlin.log"]
    .map((name) => join(profileDir, "logs", name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"));
  const crashes = crashReports(crashesIn(profileDir));
  return redact(
    [
      "# Diagnostics",
      diagnostics,
      "",
      "# Crash reports (not included)",
      ...(crashes.length === 0 ? ["none"] : crashes),
      "",
      "# Log",
      ...logs,
    ].join("\n"),
  );
}

/** Where Chromium writes what it knows of a crash. */
export const crashesIn = (profileDir: string): string => join(profileDir, "crashes");

function crashReports(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".dmp"))
    .map((name) => {
      const { mtime, size } = statSync(join(dir, name));
      return `${mtime.toISOString()} ${name} ${size} bytes`;
    })
    .sort();
}
