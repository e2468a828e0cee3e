import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app, Menu, Notification, session, type BrowserWindow } from "electron";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import type { Core } from "../../core/api.ts";
import type { Platform } from "../../core/platform.ts";
import type { DesktopState } from "./desktop-state.ts";
import { showNotices, type ShownNotices } from "./notices.ts";
import type { Closing } from "./page-window.ts";
import { watchSending } from "./pages.ts";
import { jumpList, placeOfRoom, watchRecentRooms, type RecentRoom } from "./recent-rooms.ts";
import { applySpelling } from "./spelling.ts";
import { openTray, type AppTray } from "./tray.ts";
import { canUpdate, Updates } from "./updates.ts";
import { words } from "./words.ts";

export interface FittingsOptions {
  readonly core: Core;
  readonly platform: Platform;
  readonly state: DesktopState;
  readonly window: () => BrowserWindow | null;
  readonly isLocked: () => boolean;
  /** Now and whenever they change. */
  readonly onSettings: (settings: Settings) => void;
  readonly onOpen: () => void;
  readonly onPlace: (place: string) => void;
  /** Ends the app in order, and calls `install` as the last thing. */
  readonly onRestart: (install: () => void) => void;
}

/** What surrounds the window while there is a core: tray, notifications, recent rooms, spell check, updates. */
export class Fittings {
  readonly #options: FittingsOptions;
  readonly #stops: (() => void)[] = [];
  readonly #tray: AppTray;
  readonly #notices: ShownNotices;
  settings: Settings;
  updates: Updates | null = null;
  #recent: readonly RecentRoom[] = [];
  #isInCall = false;
  #isSending = false;

  constructor(options: FittingsOptions) {
    this.#options = options;
    const { core, platform, onOpen, isLocked } = options;
    const opened = core.topics.settings(null, (settings) => this.#follow(settings));
    this.settings = opened.snapshot;
    this.#stops.push(() => opened.stop());
    const { clock, log } = platform;
    this.#notices = showNotices({ core, clock, log, platform: process.platform, onOpen, isLocked });
    const isQuiet = (): boolean => options.state.view.isQuiet;
    this.#tray = openTray({ core, window: options.window, isQuiet, onOpen, onQuit: () => app.quit() });
    this.#stops.push(
      () => this.#tray.close(),
      () => this.#notices.close(),
      watchRecentRooms(core, (rooms) => this.#showRecent(rooms)),
      watchSending(core, (isSending) => {
        this.#isSending = isSending;
        this.#tellUpdates();
      }),
    );
    this.#follow(this.settings);
    void this.#openUpdates();
  }

  /** Closing the window leaves the app in the tray. Where the user has not said, as is usual: on Windows it does; on
   * Linux there may be no tray, and an app that cannot be seen cannot be ended; on a Mac it stays in the dock anyway. */
  onClosing(): Closing {
    if (!(this.settings.closeToTray ?? process.platform === "win32")) return "close";
    return this.#options.state.view.hasTray ? "hide" : "minimise";
  }

  /** Once per profile: where the window went. */
  hintAtTray(profileDir: string): void {
    const mark = join(profileDir, "tray-hint-shown");
    if (existsSync(mark)) return;
    try {
      writeFileSync(mark, "", { mode: 0o600 });
    } catch {
      // Full, or not ours to write: the hint comes once more another time.
    }
    if (!Notification.isSupported()) return;
    const hint = new Notification({ title: words.trayHint.title, body: words.trayHint.body, silent: true });
    hint.on("click", this.#options.onOpen);
    hint.show();
  }

  callsChanged(isInCall: boolean): void {
    this.#isInCall = isInCall;
    this.#tellUpdates();
  }

  lockChanged(): void {
    this.#notices.lockChanged();
    this.#showRecent(this.#recent);
  }

  close(): void {
    this.updates?.stop();
    for (const stop of this.#stops.splice(0)) stop();
  }

  #follow(settings: Settings): void {
    this.settings = settings;
    this.#options.onSettings(settings);
    applySpelling(session.defaultSession, settings, process.platform);
    this.#options.state.set({
      languages: process.platform === "darwin" ? [] : session.defaultSession.availableSpellCheckerLanguages,
    });
  }

  /** Nothing of it while the app is locked. */
  #showRecent(rooms: readonly RecentRoom[]): void {
    this.#recent = rooms;
    const shown = this.#options.isLocked() ? [] : rooms;
    if (process.platform === "win32") app.setJumpList(jumpList(shown, process.execPath));
    app.dock?.setMenu(
      Menu.buildFromTemplate(
        shown.map((room) => ({ label: room.name, click: () => this.#options.onPlace(placeOfRoom(room)) })),
      ),
    );
  }

  async #openUpdates(): Promise<void> {
    const { platform, state, onRestart } = this.#options;
    if (!canUpdate({ isPackaged: app.isPackaged, platform: process.platform, env: process.env })) return;
    const { default: updater } = await import("electron-updater");
    this.updates = new Updates({
      updater: updater.autoUpdater,
      clock: platform.clock,
      log: platform.log,
      onChange: (update) => state.set({ update }),
      restart: onRestart,
    });
    this.#tellUpdates();
  }

  #tellUpdates(): void {
    if (this.updates !== null)
      this.updates.waitsFor = this.#isInCall ? "call" : this.#isSending ? "sending" : null;
  }
}
