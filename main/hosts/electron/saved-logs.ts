import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { redact } from "../../lib/redact.ts";
import { crashesIn, crashReports } from "./crash-reports.ts";

/**
 * The logs of a profile as one text for somebody who helps: what the diagnostics say, both log files, and which crash
 * reports there are. The reports themselves stay where they are: they hold memory, and so what was written and keys.
 */
export function savedLogs(profileDir: string, diagnostics: string): string {
  const logs = ["dunlin.1.log", "dunlin.log"]
    .map((name) => join(profileDir, "logs", name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"));
  const crashes = crashReports(crashesIn(profileDir)).map(
    ({ name, at, bytes }) => `${at.toISOString()} ${name} ${bytes} bytes`,
  );
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
