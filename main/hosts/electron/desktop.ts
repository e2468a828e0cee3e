import { join } from "node:path";
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
import type { MenuCommand } from "../../../preload/contract/models/desktop.ts";
import type { Core } from "../../core/api.ts";
import type { Platform } from "../../core/platform.ts";
import type { LogWriter } from "../../lib/log-writer.ts";
import { isExternalLink } from "../external-links.ts";
import { lockedFace, withHost, type Face, type HostPart } from "../face.ts";
import { nodePlatform, openLog } from "../node-platform.ts";
import { serve } from "../serve.ts";
import { signInOnce, type SignInOrder } from "../sign-in-from-environment.ts";
import { startSentence } from "../start-failure.ts";
import { autostart } from "./autostart.ts";
import { DesktopState } from "./desktop-state.ts";
import { Fittings } from "./fittings.ts";
import { systemFolders } from "./folders.ts";
import { hostPart } from "./host-part.ts";
import { pagePorts } from "./ipc-port.ts";
import { rememberKeyring } from "./keyring-choice.ts";
import { readLicences } from "./licences.ts";
import { claimLinks, placeIn, placeOf } from "./links.ts";
import { menuTemplate } from "./menu.ts";
import { watchNetwork } from "./network-return.ts";
import { RESOURCES } from "./origin.ts";
import { overhearCalls } from "./pages.ts";
import { guardPermissions } from "./permissions.ts";
import { handleProtocols } from "./protocols.ts";
import { saveFile } from "./save-file.ts";
import { saveLogs } from "./save-logs.ts";
import { watchScreenLock } from "./screen-lock.ts";
import { Screens } from "./screens.ts";
import { openVault, type Vault } from "./vault.ts";
import { openWindow } from "./window.ts";

export interface DesktopOptions {
  readonly createCore: (platform: Platform) => Promise<Core>;
  /** Holds the built `renderer` and `preload`. */
  readonly outDir: string;
  readonly profileDir: string;
  readonly homeserver: string | undefined;
  readonly signIn: SignInOrder;
  /** The system has started us, not the user. */
  readonly isAutostart: boolean;
  /** An address the command line asks to open. */
  readonly place: string | null;
  readonly stopWith: (status: number, sentence: string) => void;
}

/** The running app: one core, at most one window, one way to end. */
export class Desktop {
  readonly #options: DesktopOptions;
  readonly #log: LogWriter;
  readonly #state = new DesktopState();
  readonly #host: HostPart;
  #vault: Vault | null = null;
  #platform: Platform | null = null;
  #core: Core | null = null;
  #fittings: Fittings | null = null;
  #window: BrowserWindow | null = null;
  #stopNetwork = (): void => undefined;
  #stopServing = (): void => undefined;
  #end: "running" | "closing" | "closed" = "running";
  #hasFault = false;
  #isInCall = false;
  /** The last thing that happens. */
  #goodbye = (): void => app.quit();

  constructor(options: DesktopOptions) {
    this.#options = options;
    this.#log = openLog(options.profileDir);
    const system = { app, platform: process.platform, env: process.env, execPath: process.execPath };
    const atStart = autostart(system);
    this.#state.set({ autostart: atStart.isOn() });
    if (options.place !== null) this.#state.ask({ kind: "link", link: options.place });
    this.#host = hostPart({
      state: this.#state,
      autostart: atStart,
      vault: () => this.#needVault(),
      updates: () => this.#fittings?.updates ?? null,
      isInCall: () => this.#isInCall,
      onLock: () => this.#lock(),
      onUnlock: () => void this.#unlock(),
      saveLogs: () => this.#saveLogs(),
      licences: () => readLicences(options.outDir),
    });
  }

  start(): void {
    process.on("uncaughtException", (error) => {
      this.#log.log("error", "uncaught-error", { error });
      this.#quitAfterFault();
    });
    process.on("unhandledRejection", (error) => this.#log.log("error", "unhandled-rejection", { error }));
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => app.quit());
    app.on("second-instance", (_event, argv) => this.#goTo(placeIn(argv)));
    app.on("activate", () => this.#focus());
    app.on("open-url", (event, url) => {
      event.preventDefault();
      this.#goTo(placeOf(url));
    });
    app.on("child-process-gone", (_event, { type, reason, exitCode }) =>
      this.#log.log("error", "child-process-gone", { type, reason, exitCode }),
    );
    app.on("window-all-closed", () => {
      if (process.platform !== "darwin") app.quit();
    });
    app.on("before-quit", (event) => this.#beforeQuit(event));
    app
      .whenReady()
      .then(() => this.#open())
      .catch((error: unknown) => this.#notStarted(error));
  }

  #notStarted(error: unknown): void {
    this.#log.log("error", "start-failed", { error });
    this.#options.stopWith(1, startSentence(error, this.#options.profileDir));
  }

  async #open(): Promise<void> {
    const { outDir, profileDir } = this.#options;
    const vault = await openVault(profileDir, safeStorage, process.platform, this.#log.log);
    if (process.platform === "linux") rememberKeyring(profileDir, safeStorage.getSelectedStorageBackend());
    this.#vault = vault;
    const screens = new Screens(desktopCapturer, process);
    this.#platform = nodePlatform(profileDir, this.#log, {
      ...{ secrets: vault.secrets, openExternal, screens },
      folders: systemFolders({ dialog, shell, window: () => this.#window }),
      saveFile: (path, name) => saveFile(dialog, path, name),
    });
    if (vault.hasPassphrase()) {
      const reason = vault.isClosed() ? "keyring" : "user";
      this.#state.set({ lock: { state: "locked", reason } });
    }
    guardPermissions(session.defaultSession);
    screens.guard(session.defaultSession);
    handleProtocols(protocol, join(outDir, "renderer"), this.#files());
    claimLinks(app);
    watchScreenLock(
      powerMonitor,
      () => this.#window,
      () => this.#onScreenLocked(),
    );
    this.#showMenu();
    if (!vault.isClosed()) await this.#begin();
    if (this.#end === "running" && !this.#startsHidden()) this.#focus();
  }

  /** Opens the core and everything that lives on it. */
  async #begin(): Promise<void> {
    const { createCore, signIn } = this.#options;
    const platform = this.#needPlatform();
    const core = await createCore(platform);
    if (this.#end !== "running") return core.close(); // asked to quit while it was opening
    this.#core = core;
    this.#stopNetwork = watchNetwork(
      { isOnline: () => net.isOnline(), onResume: (listener) => powerMonitor.on("resume", listener) },
      platform.clock,
      () => void core.handlers.networkIsBack({}),
    );
    this.#fittings = new Fittings({
      core,
      platform,
      state: this.#state,
      window: () => this.#window,
      isLocked: () => this.#isLocked(),
      onOpen: () => this.#focus(),
      onPlace: (place) => this.#goTo(place),
      onRestart: (install) => {
        this.#goodbye = () => {
          // The next one must not find us still here.
          app.releaseSingleInstanceLock();
          install();
        };
        app.quit();
      },
    });
    const sentence = await signInOnce(core, signIn);
    if (sentence !== null) process.stderr.write(`${sentence}\n`);
  }

  #isLocked(): boolean {
    return this.#state.view.lock.state === "locked";
  }

  #lock(): void {
    this.#state.set({ lock: { state: "locked", reason: "user" } });
    this.#serveAnew();
  }

  async #unlock(): Promise<void> {
    try {
      if (this.#core === null) await this.#begin();
    } catch (error) {
      return this.#notStarted(error);
    }
    this.#state.set({ lock: { state: "open" } });
    this.#serveAnew();
  }

  /** What a page was told belongs to the state before: it begins from nothing. */
  #serveAnew(): void {
    this.#showMenu();
    this.#fittings?.lockChanged();
    // The answer to who has asked for it goes out first.
    void this.#needPlatform()
      .clock.breath()
      .then(() => {
        this.#stopServing();
        this.#window?.webContents.reload();
      });
  }

  #onScreenLocked(): void {
    const { lock } = this.#state.view;
    if (lock.state === "open" && this.#fittings?.settings.lockWithScreen && !this.#isInCall) this.#lock();
  }

  #face(): Face {
    if (this.#core === null || this.#isLocked()) return lockedFace(this.#host);
    return overhearCalls(withHost(this.#core, this.#host), (isInCall) => {
      this.#isInCall = isInCall;
      this.#fittings?.callsChanged(isInCall);
    });
  }

  /** Files for the page and from it; none while the app is locked. */
  #files(): Pick<Core, "media" | "stage"> {
    const open = (): Core | null => (this.#isLocked() ? null : this.#core);
    const locked = { ok: false, failure: { kind: "aborted", message: "locked" } } as const;
    return {
      media: async (path) => (await open()?.media(path)) ?? locked,
      stage: async (request) => (await open()?.stage(request)) ?? locked,
    };
  }

  #goTo(place: string | null): void {
    if (place !== null) this.#state.ask({ kind: "link", link: place });
    this.#focus();
  }

  #command(command: MenuCommand): void {
    this.#state.ask({ kind: "command", command });
    this.#focus();
  }

  #showMenu(): void {
    const canLock = this.#state.view.lock.state === "open";
    const menu = menuTemplate({
      platform: process.platform,
      isDevelopment: !app.isPackaged,
      onCommand: (command) => this.#command(command),
      onSaveLogs: () => void this.#saveLogs(),
      onCheckForUpdate: () => {
        this.#fittings?.updates?.check();
        this.#command("about");
      },
      onLock: canLock ? () => this.#lock() : null,
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  }

  async #saveLogs(): Promise<boolean> {
    const diagnostics = (await this.#core?.handlers.loadDiagnostics({}))?.text ?? "locked";
    return saveLogs(dialog, this.#options.profileDir, diagnostics);
  }

  #startsHidden(): boolean {
    return this.#options.isAutostart && (this.#fittings?.settings.startHidden ?? false);
  }

  /** Shows the window there is, or opens one (on a Mac the app outlives its window). */
  #focus(): void {
    if (this.#platform === null || this.#end !== "running") return;
    if (this.#window === null) return this.#openWindow(this.#platform);
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  #openWindow({ clock, log }: Platform): void {
    const { profileDir, outDir, homeserver } = this.#options;
    const window = openWindow({
      profileDir,
      preload: join(outDir, "preload", "preload.cjs"),
      isDevelopment: !app.isPackaged,
      clock,
      log,
      onHopeless: () => this.#quitAfterFault(),
    });
    this.#window = window;
    const options = { host: "electron", resources: RESOURCES, homeserver, clock, log } as const;
    const stop = pagePorts({
      ipcMain,
      contents: window.webContents,
      onForeign: () => log("warn", "foreign-frame"),
      onPort: (port) => {
        this.#stopServing = serve(port, this.#face(), options);
      },
    });
    window.on("close", (event) => {
      if (this.#end !== "running" || !this.#fittings?.staysInTray()) return;
      event.preventDefault();
      window.hide();
      this.#fittings.hintAtTray(profileDir);
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
    this.#fittings?.close();
    const closing = this.#core?.close() ?? Promise.resolve();
    void closing
      .catch((error: unknown) => this.#log.log("error", "close-failed", { error }))
      .finally(() => {
        this.#end = "closed";
        this.#log.close();
        if (this.#hasFault) app.exit(1);
        else this.#goodbye();
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

  #needVault(): Vault {
    if (this.#vault === null) throw new Error("asked before the app was ready");
    return this.#vault;
  }
  #needPlatform(): Platform {
    if (this.#platform === null) throw new Error("asked before the app was ready");
    return this.#platform;
  }
}

async function openExternal(url: string): Promise<void> {
  if (!isExternalLink(url)) throw new Error("only web and mail addresses are opened");
  await shell.openExternal(new URL(url).href);
}
