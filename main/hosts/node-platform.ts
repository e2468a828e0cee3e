import { join } from "node:path";
import type { Platform } from "../core/platform.ts";
import { systemClock } from "../lib/clock.ts";
import { LogWriter } from "../lib/log-writer.ts";
import { systemRandom } from "../lib/random.ts";
import { patientFetch } from "./patient-fetch.ts";
import { outliveTerminal } from "./terminal.ts";

const systemNames: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "macOS",
  win32: "Windows",
  linux: "Linux",
};

/** Errors also go to the terminal. `DUNLIN_LOG=debug` writes more. */
export function openLog(profileDir: string): LogWriter {
  outliveTerminal();
  return new LogWriter(join(profileDir, "logs"), {
    level: process.env["DUNLIN_LOG"] === "debug" ? "debug" : "info",
    now: systemClock.now,
    alsoErrors: (line) => void process.stderr.write(`${line}\n`),
  });
}

/** What both hosts give to the core alike. Electron's main process is Node too, so it has the same clock and fetch. */
export function nodePlatform(
  profileDir: string,
  { log }: LogWriter,
  host: Pick<Platform, "secrets" | "openExternal" | "screens" | "folders" | "saveFile">,
): Platform {
  return {
    clock: systemClock,
    random: systemRandom,
    fetch: patientFetch,
    ...host,
    profileDir,
    log,
    deviceName: `Dunlin on ${systemNames[process.platform] ?? process.platform}`,
  };
}
