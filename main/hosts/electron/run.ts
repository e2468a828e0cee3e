import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import {
  app,
  desktopCapturer,
  dialog,
  ipcMain,
  Menu,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
  type BrowserWindow,
} from "electron";
import type { Core } from "../../core/api.ts";
import type { Platform } from "../../core/platform.ts";
import type { LogWriter } from "../../lib/log-writer.ts";
import { isExternalLink } from "../external-links.ts";
import { parseFlags } from "../flags.ts";
import { nodePlatform, openLog } from "../node-platform.ts";
import { defaultProfileDir, prepareProfileDir } from "../profile-dir.ts";
import { serve } from "../serve.ts";
import { signInOnce, takeSignIn, type SignInOrder } from "../sign-in-from-environment.ts";
import { startSentence } from "../start-failure.ts";
import { pagePorts } from "./ipc-port.ts";
import { systemFolders } from "./folders.ts";
import { menuTemplate } from "./menu.ts";
import { showNotices } from "./notices.ts";
import { watchNetwork } from "./network-return.ts";
import { RESOURCES } from "./origin.ts";
import { guardPermissions } from "./permissions.ts";
import { handleProtocols, schemes } from "./protocols.ts";
import { Screens } from "./screens.ts";
import { saveFile } from "./save-file.ts";
import { systemSecrets } from "./secrets.ts";
import { openTray, type AppTray } from "./tray.ts";
import { openWindow } from "./window.ts";

type CreateCore = (platform: Platform) => Promise<Core>;

/** `outDir` holds the built `renderer` and `preload`. */
export function runElectron(createCore: CreateCore, outDir: string): void {
  const signIn = takeSignIn(process.env);
  const flags = parseFlags(process.argv.slice(1));
  if (typeof flags === "string") return stopWith(2, flags);
  const { platform, env } = process;
  const profileDir = resolve(flags.profileDir ?? defaultProfileDir({ platform, env, home: homedir() }));
  try {
    prepareProfileDir(profileDir);
  } catch (error) {
    return stopWith(1, startSentence(error, profileDir));
  }
  // What Chromium keeps lies in the profile too; its lock makes the profile, not the program, the single instance.
  const userData = join(profileDir, "electron");
  mkdirSync(userData, { recursive: true, mode: 0o700 });
  app.setPath("userData", userData);
  if (flags.remoteDebuggingPort !== undefined)
    app.commandLine.appendSwitch("remote-debugging-port", String(flags.remoteDebuggingPort));
  protocol.registerSchemesAsPrivileged(schemes);
  if (!app.requestSingleInstanceLock()) return app.quit();
  const desktop = new Desktop({ createCore, outDir, profileDir, homeserver: flags.homeserver, signIn });
  desktop.start();
}

function stopWith(status: number, sentence: string): void {
  // On Linux, before the app is ready, the box itself writes to stderr: nobody needs to read it twice.
  if (app.isReady() || process.platform !== "linux") process.stderr.write(`${sentence}\n`);
  dialog.showErrorBox("Dunlin", sentence);
  app.exit(status);
}

interface DesktopOptions {
  readonly createCore: CreateCore;
  readonly outDir: string;
  readonly profileDir: string;
  readonly homeserver: string | undefined;
  readonly signIn: SignInOrder;
}

/** The running app: one core, at most one window, one way to end. */
class Desktop {
  readonly #options: DesktopOptions;
  readonly #log: LogWriter;
  #opened: { readonly core: Core; readonly platform: Platform } | null = null;
  #window: BrowserWindow | null = null;
  #stopNetwork = (): void => undefined;
  #tray: AppTray | null = null;
  #stopNotices = (): void => undefined;
  #staysInTray = (): boolean => false;
  #end: "running" | "closing" | "closed" = "running";
  #hasFault = false;

  constructor(options: DesktopOptions) {
    this.#options = options;
    this.#log = openLog(options.profileDir);
  }

  start(): void {
    process.on("uncaughtException", (error) => {
      this.#log.log("error", "uncaught-error", { error });
      this.#quitAfterFault();
    });
    process.on("unhandledRejection", (error) => this.#log.log("error", "unhandled-rejection", { error }));
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => app.quit());
    app.on("second-instance", () => this.#focus());
    app.on("activate", () => this.#focus());
    app.on("window-all-closed", () => {
      if (process.platform !== "darwin") app.quit();
    });
    app.on("before-quit", (event) => this.#beforeQuit(event));
    app
      .whenReady()
      .then(() => this.#open())
      .catch((error: unknown) => {
        this.#log.log("error", "start-failed", { error });
        stopWith(1, startSentence(error, this.#options.profileDir));
      });
  }

  async #open(): Promise<void> {
    const { createCore, outDir, profileDir, signIn } = this.#options;
    const secrets = await systemSecrets(profileDir, safeStorage, process.platform);
    const screens = new Screens(desktopCapturer, process);
    const folders = systemFolders({ dialog, shell, window: () => this.#window });
    const platform = nodePlatform(profileDir, this.#log, {
      ...{ secrets, openExternal, screens, folders },
      saveFile: (path, name) => saveFile(dialog, path, name),
    });
    const core = await createCore(platform);
    if (this.#end !== "running") return core.close(); // asked to quit while it was opening
    this.#opened = { core, platform };
    guardPermissions(session.defaultSession);
    screens.guard(session.defaultSession);
    handleProtocols(protocol, join(outDir, "renderer"), core);
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, !app.isPackaged)));
    this.#stopNetwork = watchNetwork(
      { isOnline: () => net.isOnline(), onResume: (listener) => powerMonitor.on("resume", listener) },
      platform.clock,
      () => void core.handlers.networkIsBack({}),
    );
    this.#tray = openTray({
      core,
      window: () => this.#window,
      onOpen: () => this.#focus(),
      onQuit: () => app.quit(),
    });
    this.#stopNotices = showNotices({
      core,
      clock: platform.clock,
      log: platform.log,
      platform: process.platform,
      onOpen: () => this.#focus(),
      isLocked: () => false,
    });
    this.#staysInTray = followTraySetting(core);
    const sentence = await signInOnce(core, signIn);
    if (sentence !== null) process.stderr.write(`${sentence}\n`);
    this.#focus();
  }

  /** Shows the window there is, or opens one (on a Mac the app outlives its window). */
  #focus(): void {
    if (this.#opened === null || this.#end !== "running") return;
    if (this.#window === null) return this.#openWindow(this.#opened);
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  #openWindow({ core, platform }: { readonly core: Core; readonly platform: Platform }): void {
    const { profileDir, outDir, homeserver } = this.#options;
    const { clock, log } = platform;
    const window = openWindow({
      profileDir,
      preload: join(outDir, "preload", "preload.cjs"),
      isDevelopment: !app.isPackaged,
      clock,
      log,
      onHopeless: () => this.#quitAfterFault(),
    });
    this.#window = window;
    const stop = pagePorts({
      ipcMain,
      contents: window.webContents,
      onForeign: () => log("warn", "foreign-frame"),
      onPort: (port) => serve(port, core, { host: "electron", resources: RESOURCES, homeserver, clock, log }),
    });
    window.on("close", (event) => {
      if (this.#end !== "running" || !this.#staysInTray()) return;
      event.preventDefault();
      window.hide();
    });
    window.on("closed", () => {
      stop();
      this.#window = null;
    });
  }

  /** The core is closed before anything else goes: what is being written is written. Then the app quits for good. */
  #beforeQuit(event: { preventDefault(): void }): void {
    if (this.#end === "closed") return;
    event.preventDefault();
    if (this.#end === "closing") return;
    this.#end = "closing";
    this.#stopNetwork();
    this.#stopNotices();
    this.#tray?.close();
    const closing = this.#opened?.core.close() ?? Promise.resolve();
    void closing
      .catch((error: unknown) => this.#log.log("error", "close-failed", { error }))
      .finally(() => {
        this.#end = "closed";
        this.#log.close();
        if (this.#hasFault) app.exit(1);
        else app.quit();
      });
  }

  #quitAfterFault(): void {
    if (this.#hasFault) return;
    this.#hasFault = true;
    dialog.showErrorBox(
      "Dunlin",
      "Dunlin has to close because of a fault of its own. What you wrote is kept; the log in the profile says more.",
    );
    app.quit();
  }
}

/**
 * Whether closing the window leaves the app in the tray. Where the user has not said, as is usual: on Windows it does;
 * on Linux there may be no tray, and an app that cannot be seen cannot be ended; on a Mac it stays in the dock anyway.
 */
function followTraySetting(core: Core): () => boolean {
  let { closeToTray } = core.topics.settings(null, (settings) => ({ closeToTray } = settings)).snapshot;
  return () => closeToTray ?? process.platform === "win32";
}

async function openExternal(url: string): Promise<void> {
  if (!isExternalLink(url)) throw new Error("only web and mail addresses are opened");
  await shell.openExternal(new URL(url).href);
}
