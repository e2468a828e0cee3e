import { app, dialog, Menu, shell } from "electron";
import type { MenuCommand } from "../../../preload/contract/models/desktop.ts";
import type { Core } from "../../core/api.ts";
import type { Folders, Log } from "../../core/platform.ts";
import { crashesIn, saveCrashReports } from "./crash-reports.ts";
import { askAboutGraphics, isSoftwareOnly } from "./graphics.ts";
import { menuTemplate } from "./menu.ts";
import { saveLogs } from "./save-logs.ts";
import { words } from "./words.ts";

export interface AppMenuOptions {
  readonly profileDir: string;
  readonly log: Log;
  readonly folders: Pick<Folders, "choose">;
  /** Null while there is none. */
  readonly core: () => Core | null;
  /** Something the page does, in a window that is shown for it. */
  readonly onCommand: (command: MenuCommand) => void;
  readonly onCheckForUpdate: () => void;
  readonly onStartAgain: () => void;
  /** Locks the app; null without a passphrase. */
  readonly lock: () => (() => void) | null;
}

/** The native menu and what it does itself: help for when something is wrong. The page asks for some of it, too. */
export class AppMenu {
  readonly #options: AppMenuOptions;

  constructor(options: AppMenuOptions) {
    this.#options = options;
  }

  /** Now, and whenever what it offers has changed. */
  show(): void {
    const { profileDir, onCommand, onCheckForUpdate, lock } = this.#options;
    const menu = menuTemplate({
      platform: process.platform,
      isDevelopment: !app.isPackaged,
      onCommand,
      onSaveLogs: () => this.#saveLogsFromMenu(),
      onShowCrashReports: () => void shell.openPath(crashesIn(profileDir)),
      onUseGraphicsCard: isSoftwareOnly(profileDir) ? () => this.askAboutGraphics(false) : null,
      onCheckForUpdate: () => {
        onCheckForUpdate();
        onCommand("about");
      },
      onLock: lock(),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  }

  askAboutGraphics(isSoftware: boolean): void {
    const { profileDir, log, onStartAgain } = this.#options;
    void askAboutGraphics(dialog, profileDir, isSoftware)
      .then((isRestart) => {
        if (isRestart) onStartAgain();
      })
      .catch((error: unknown) => log("error", "graphics-not-asked", { error }));
  }

  /** False when the user declined. */
  saveLogs(): Promise<boolean> {
    return saveLogs(dialog, this.#options.profileDir, async () => {
      const core = this.#options.core();
      return core === null ? "locked" : (await core.handlers.loadDiagnostics({})).text;
    });
  }

  /** How many; null when the user declined. */
  saveCrashReports(): Promise<number | null> {
    return saveCrashReports(this.#options.folders, this.#options.profileDir);
  }

  /** Where no page says what went wrong. */
  #saveLogsFromMenu(): void {
    this.saveLogs().catch((error: unknown) => {
      this.#options.log("warn", "logs-not-saved", { error });
      dialog.showErrorBox(words.logsNotSaved.title, words.logsNotSaved.text);
    });
  }
}
