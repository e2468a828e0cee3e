import { join } from "node:path";
import { app, ipcMain, type BrowserWindow } from "electron";
import type { Clock, Log } from "../../core/platform.ts";
import type { Face } from "../face.ts";
import { serve } from "../serve.ts";
import { pagePorts } from "./ipc-port.ts";
import { RESOURCES } from "./origin.ts";
import { openWindow } from "./window.ts";

export interface PageWindowOptions {
  /** Holds the built `preload`. */
  readonly outDir: string;
  readonly profileDir: string;
  readonly homeserver: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** What a page is served from now on. */
  readonly face: () => Face;
  /** What closing the window does, now. */
  readonly onClosing: () => Closing;
  /** It is in the tray; the caller says once where it went. */
  readonly onHidden: () => void;
  /** The page died again and again. */
  readonly onHopeless: () => void;
}

/** Ms a page has to go when it is told to: as long as it takes to say what is being typed, and no longer if it hangs. */
const LEAVE_MS = 2000;

/** `minimise`: the app is to go on, and there is no tray to find its window in. */
export type Closing = "close" | "hide" | "minimise";

/** The app's one window, which may come and go, and the serving of its page. */
export class PageWindow {
  readonly #options: PageWindowOptions;
  #window: BrowserWindow | null = null;
  #stopServing = (): void => undefined;

  constructor(options: PageWindowOptions) {
    this.#options = options;
  }

  /** Null while there is none: on a Mac the app outlives its window. */
  get current(): BrowserWindow | null {
    return this.#window;
  }

  /** Shows the window there is, or opens one. */
  show(): void {
    if (this.#window === null) return this.#open();
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /**
   * What the page was told belongs to the state before: it begins from nothing. What is being typed it says as it is left
   * (`beforeunload`), and is served until then.
   */
  serveAnew(): void {
    const { clock } = this.#options;
    // The answer to who has asked for it goes out first.
    void clock.breath().then(() => {
      clock.after(LEAVE_MS, this.#stopServing);
      this.#window?.webContents.reload();
    });
  }

  /** The window goes for good, its page as above. Resolves when it is gone. */
  async end(): Promise<void> {
    const window = this.#window;
    if (window === null) return;
    const gone = new Promise<void>((resolve) => window.once("closed", () => resolve()));
    const cancel = this.#options.clock.after(LEAVE_MS, () => window.destroy());
    window.close();
    await gone;
    cancel();
  }

  #open(): void {
    const { profileDir, outDir, homeserver, clock, log, face, onHopeless } = this.#options;
    const window = openWindow({
      profileDir,
      preload: join(outDir, "preload", "preload.cjs"),
      isDevelopment: !app.isPackaged,
      clock,
      log,
      onHopeless,
    });
    this.#window = window;
    const served = { host: "electron", resources: RESOURCES, homeserver, clock, log } as const;
    const stop = pagePorts({
      ipcMain,
      contents: window.webContents,
      onForeign: () => log("warn", "foreign-frame"),
      onPort: (port) => {
        this.#stopServing = serve(port, face(), served);
      },
    });
    window.on("close", (event) => {
      const closing = this.#options.onClosing();
      if (closing === "close") return;
      event.preventDefault();
      if (closing === "minimise") return window.minimize();
      window.hide();
      this.#options.onHidden();
    });
    window.on("closed", () => {
      stop();
      this.#window = null;
    });
  }
}
