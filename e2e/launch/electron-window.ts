import { _electron, type ElectronApplication, type Page } from "@playwright/test";
import { electronArguments } from "../../main/launch/electron-app.mjs";
import { findElectron } from "../../main/launch/electron.mjs";
import { root } from "../../main/launch/root.mjs";
import type { AppOptions, RunningApp } from "./app.ts";

/** How long a start may take on a busy two-core machine, in milliseconds. */
const START_LIMIT = 60_000;

/** An app with a window of its own, and that window's page. */
export interface AppWindow {
  readonly app: RunningApp;
  readonly page: Page;
}

/** What Playwright needs to start the real Electron; throws where a story asks for what only the headless host has. */
export function electronLaunch(
  options: AppOptions,
  machine: {
    readonly program: string | undefined;
    readonly env: NodeJS.ProcessEnv;
    readonly isRoot: boolean;
    /** Chromium's, as a browser would get them. */
    readonly switches: readonly string[];
  },
) {
  const { program, env, isRoot, switches } = machine;
  if (program === undefined) throw new Error("the Electron program is not here: `npm start` downloads it");
  if (options.program !== undefined) throw new Error("another program than Electron's was asked for");
  const { profileDir, homeserver, args = [] } = options;
  const flags = { profileDir, headlessHost: false, open: true, check: false };
  const given = electronArguments({ ...flags, ...(homeserver !== undefined && { homeserver }) }, isRoot);
  const own = switches.filter((name) => !given.includes(name) && name !== "--no-sandbox");
  const entries = Object.entries({ ...env, ...options.env });
  return {
    executablePath: program,
    args: [...own, ...given, ...args],
    cwd: root,
    env: Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    timeout: START_LIMIT,
  };
}

/** Starts the built app in the real Electron; resolves with its window. */
export async function openElectron(
  options: AppOptions,
  switches: readonly string[] = [],
): Promise<AppWindow> {
  const isRoot = process.getuid?.() === 0;
  const machine = { program: findElectron(), env: process.env, isRoot, switches };
  const electron = await _electron.launch(electronLaunch(options, machine));
  let said = "";
  electron.process().stderr?.on("data", (data: Buffer) => (said += data.toString()));
  const page = await electron.firstWindow();
  await page.waitForURL("app://dunlin/**");
  return { app: running(electron, page.url(), () => said), page };
}

/** As a power cut: nothing of ours runs any more when it resolves. */
export async function killElectron(electron: ElectronApplication): Promise<void> {
  const child = electron.process();
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await exited;
}

const running = (electron: ElectronApplication, url: string, stderr: () => string): RunningApp => ({
  url,
  pid: electron.process().pid ?? 0,
  async stop() {
    await electron.close();
    return electron.process().exitCode;
  },
  kill: () => killElectron(electron),
  stderr,
});
