import type { UpdateView } from "../../../preload/contract/models/desktop.ts";
import { FailureError } from "../../core/failure.ts";
import type { Clock, Log } from "../../core/platform.ts";
import { plainNotes } from "./plain-notes.ts";

// Newer versions: looked for, loaded and checked by electron-updater (signatures, staged rollout), installed when the
// user says so, or when the app ends anyway. Never in the middle of a call or while something is on its way out.

/** Ms after the start: the first sync has the line for itself. */
const FIRST_CHECK_MS = 60_000;
const CHECK_MS = 6 * 60 * 60_000;

/** As much of electron-updater's AppUpdater as is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  disableWebInstaller: boolean;
  logger: unknown;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  checkForUpdates(): Promise<unknown>;
  quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void;
}

export interface UpdatesOptions {
  readonly updater: Updater;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: (view: UpdateView) => void;
  /** Ends the app in order, and calls `install` as the last thing. */
  readonly restart: (install: () => void) => void;
}

type Wait = "call" | "sending" | null;

/** Whether this copy can update itself: installed by us, not by the system's package manager or a store. */
export function canUpdate(system: {
  readonly isPackaged: boolean;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}): boolean {
  if (!system.isPackaged) return false;
  return system.platform !== "linux" || Boolean(system.env["APPIMAGE"]);
}

export class Updates {
  readonly #options: UpdatesOptions;
  #view: UpdateView = { state: "current" };
  #ready: { readonly version: string; readonly notes: string } | null = null;
  #waitsFor: Wait = null;
  #cancel = (): void => undefined;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    const { updater, clock } = options;
    updater.autoDownload = true;
    updater.autoInstallOnAppQuit = true;
    updater.allowDowngrade = false;
    updater.disableWebInstaller = true;
    updater.logger = null;
    updater.on("checking-for-update", () => this.#say({ state: "checking" }));
    updater.on("update-not-available", () => this.#say({ state: "current" }));
    updater.on("update-available", (info) =>
      this.#say({ state: "loading", version: versionOf(info), percent: 0 }),
    );
    updater.on("download-progress", (info) => this.#loading(partOf(info, "percent")));
    updater.on("update-downloaded", (info) => {
      this.#ready = { version: versionOf(info), notes: plainNotes(partOf(info, "releaseNotes")) };
      this.#sayReady();
    });
    updater.on("error", (error) => this.#failed(error));
    this.#say(this.#view);
    this.#cancel = clock.after(FIRST_CHECK_MS, () => this.#checkAgain());
  }

  check(): void {
    if (this.#ready !== null || this.#view.state === "checking" || this.#view.state === "loading") return;
    this.#options.updater
      .checkForUpdates()
      // Loading goes on after the answer, as a promise of its own that nobody else waits for.
      .then((found) => partOf(found, "downloadPromise"))
      .catch((error: unknown) => this.#failed(error));
  }

  /** What a restart would interrupt now. */
  set waitsFor(waitsFor: Wait) {
    if (waitsFor === this.#waitsFor) return;
    this.#waitsFor = waitsFor;
    if (this.#ready !== null) this.#sayReady();
  }

  restart(): void {
    if (this.#ready === null) throw refused("there is no newer version yet");
    if (this.#waitsFor !== null) throw refused(`a restart would interrupt: ${this.#waitsFor}`);
    this.#options.restart(() => this.#options.updater.quitAndInstall(true, true));
  }

  stop(): void {
    this.#cancel();
    // Ending in the middle of a call is the user's wish; installing then is not.
    if (this.#waitsFor === "call") this.#options.updater.autoInstallOnAppQuit = false;
  }

  #checkAgain(): void {
    this.check();
    this.#cancel = this.#options.clock.after(CHECK_MS, () => this.#checkAgain());
  }

  #loading(percent: unknown): void {
    if (this.#view.state !== "loading" || typeof percent !== "number") return;
    const rounded = Math.min(100, Math.max(0, Math.round(percent)));
    if (rounded !== this.#view.percent) this.#say({ ...this.#view, percent: rounded });
  }

  #sayReady(): void {
    if (this.#ready !== null) this.#say({ state: "ready", ...this.#ready, waitsFor: this.#waitsFor });
  }

  #failed(error: unknown): void {
    // A server that is not there is nothing to bother anybody with; what was loaded stays ready.
    this.#options.log("warn", "update-failed", { name: error instanceof Error ? error.name : "" });
    if (this.#ready === null) this.#say({ state: "failed" });
  }

  #say(view: UpdateView): void {
    this.#view = view;
    this.#options.onChange(view);
  }
}

const partOf = (info: unknown, key: string): unknown =>
  typeof info === "object" && info !== null ? (info as Readonly<Record<string, unknown>>)[key] : undefined;

/** It comes from a file on a server. */
function versionOf(info: unknown): string {
  const version = partOf(info, "version");
  return typeof version === "string" && /^[\w.+-]{1,50}$/.test(version) ? version : "";
}

const refused = (message: string): FailureError => new FailureError({ kind: "invalid", message });
