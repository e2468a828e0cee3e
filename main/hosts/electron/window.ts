import { BrowserWindow, clipboard, Menu, nativeTheme, screen } from "electron";
import type { Clock, Log } from "../../core/platform.ts";
import { contextTemplate } from "./context-menu.ts";
import { denyNavigation } from "./navigation.ts";
import { PAGE_URL } from "./origin.ts";
import { loadBounds, MIN_SIZE, saveBounds, type Rectangle } from "./window-bounds.ts";

export interface WindowOptions {
  readonly profileDir: string;
  readonly preload: string;
  readonly isDevelopment: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** The page died again and again; what now is not the window's to decide. */
  readonly onHopeless: () => void;
}

/** The colours of the empty page in renderer/styles, so that the window does not flash before it. */
const background = { dark: "#16181c", light: "#ffffff" } as const;

/** The app's window, shown when there is something in it. The caller must be ready to serve its page. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const { profileDir, preload, isDevelopment } = options;
  const { isMaximized, ...bounds } = loadBounds(profileDir, workAreas());
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    title: "Dunlin",
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: isDevelopment,
      // A call rings before anybody has clicked anything.
      autoplayPolicy: "no-user-gesture-required",
    },
  });
  denyNavigation(window.webContents);
  reviveAfterCrash(window, options);
  openContextMenus(window);
  window.once("ready-to-show", () => {
    if (isMaximized) window.maximize();
    window.show();
  });
  window.on("close", () => {
    try {
      saveBounds(profileDir, window.getNormalBounds(), window.isMaximized(), workAreas());
    } catch (error) {
      options.log("warn", "window-bounds-not-saved", { name: error instanceof Error ? error.name : "" });
    }
  });
  void window.loadURL(PAGE_URL).catch((error: unknown) => options.log("error", "page-not-loaded", { error }));
  return window;
}

const workAreas = (): readonly Rectangle[] => screen.getAllDisplays().map(({ workArea }) => workArea);

/** Where the page has no menu of its own (it would have prevented this event). */
function openContextMenus(window: BrowserWindow): void {
  const { webContents } = window;
  webContents.on("context-menu", (_event, asked) => {
    const template = contextTemplate(asked, {
      replace: (word) => webContents.replaceMisspelling(word),
      learn: (word) => void webContents.session.addWordToSpellCheckerDictionary(word),
      copy: (text) => void clipboard.writeText(text),
    });
    if (template.length > 0) Menu.buildFromTemplate(template).popup({ window });
  });
}

/** More than this many deaths within a minute mean that loading it again only burns the machine. */
const MAX_DEATHS = 3;

/** The page holds nothing that the core does not have: when its process dies, a new one takes over. */
function reviveAfterCrash(window: BrowserWindow, { clock, log, onHopeless }: WindowOptions): void {
  let deaths: number[] = [];
  window.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
    if (reason === "clean-exit") return;
    log("error", "page-process-gone", { reason, exitCode });
    const now = clock.monotonic();
    deaths = [...deaths.filter((at) => now - at < 60_000), now];
    if (deaths.length > MAX_DEATHS) return onHopeless();
    // Not from inside the event: the dead process is still being taken apart.
    clock.after(100, () => {
      if (!window.isDestroyed()) window.webContents.reload();
    });
  });
}
