import { join } from "node:path";
import {
  app,
  desktopCapturer,
  dialog,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
} from "electron";
import type { MenuCommand } from "../../../preload/contract/models/desktop.ts";
import type { Core } from "../../core/api.ts";
import type { Platform } from "../../core/platform.ts";
import { systemClock } from "../../lib/clock.ts";
import type { LogWriter } from "../../lib/log-writer.ts";
import { lockedFace, untilLocked, withHost, type Face, type HostPart } from "../face.ts";
import { readLicences } from "../licences.ts";
import { nodePlatform, openLog } from "../node-platform.ts";
import { signInOnce, type SignInOrder } from "../sign-in-from-environment.ts";
import { startSentence } from "../start-failure.ts";
import { AppLock } from "./app-lock.ts";
import { AppMenu } from "./app-menu.ts";
import { autostart } from "./autostart.ts";
import { DesktopState } from "./desktop-state.ts";
import { Ending } from "./ending.ts";
import { Fittings } from "./fittings.ts";
import { systemFolders } from "./folders.ts";
import { licenceFile } from "./foundations.ts";
import { watchProcesses } from "./graphics.ts";
import { hostPart } from "./host-part.ts";
import { rememberKeyring } from "./keyring-choice.ts";
import { claimLinks, placeIn, placeOf } from "./links.ts";
import { watchNetwork } from "./network-return.ts";
import { PageWindow } from "./page-window.ts";
import { openOutside } from "./outside.ts";
import { overhearCalls } from "./pages.ts";
import { guardPermissions } from "./permissions.ts";
import { handleProtocols, pageFiles } from "./protocols.ts";
import { saveFile } from "./save-file.ts";
import { watchScreenLock } from "./screen-lock.ts";
import { Screens } from "./screens.ts";
import { watchSurroundings, type Surroundings } from "./surroundings.ts";
import { openVault, type Vault } from "./vault.ts";

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
  readonly #lock: AppLock;
  readonly #ending: Ending;
  readonly #window: PageWindow;
  readonly #folders = systemFolders({ dialog, shell, window: () => this.#window.current });
  readonly #menu: AppMenu;
  #vault: Vault | null = null;
  #platform: Platform | null = null;
  #core: Core | null = null;
  #fittings: Fittings | null = null;
  #stopNetwork = (): void => undefined;
  #stopScreen = (): void => undefined;
  #stopSurroundings = (): void => undefined;
  #isInCall = false;

  constructor(options: DesktopOptions) {
    this.#options = options;
    const { profileDir, outDir, homeserver } = options;
    this.#log = openLog(profileDir);
    const isInCall = (): boolean => this.#isInCall;
    this.#ending = new Ending({ log: this.#log, close: () => this.#close() });
    this.#lock = new AppLock({
      ...{ state: this.#state, clock: systemClock, monitor: powerMonitor, isInCall },
      onChange: () => this.#lockChanged(),
    });
    this.#window = new PageWindow({
      ...{ outDir, profileDir, homeserver, clock: systemClock, log: this.#log.log },
      face: () => this.#face(),
      onClosing: () => (this.#ending.isRunning ? this.#fittings?.onClosing() : undefined) ?? "close",
      onHidden: () => this.#fittings?.hintAtTray(profileDir),
      onHopeless: () => this.#ending.afterFault(),
    });
    this.#menu = new AppMenu({
      ...{ profileDir, log: this.#log.log, folders: this.#folders, core: () => this.#core },
      onCommand: (command) => this.#command(command),
      onCheckForUpdate: () => this.#fittings?.updates?.check(),
      onStartAgain: () => this.#ending.startAgain(),
      lock: () => (this.#lock.canLock ? () => this.#lock.lock() : null),
    });
    const system = { app, platform: process.platform, env: process.env, execPath: process.execPath };
    const atStart = autostart(system);
    atStart.renew();
    this.#state.set({ autostart: atStart.isOn() });
    if (options.place !== null) this.#state.ask({ kind: "link", link: options.place });
    this.#host = hostPart({
      state: this.#state,
      autostart: atStart,
      vault: () => this.#needVault(),
      updates: () => this.#fittings?.updates ?? null,
      isInCall,
      onLock: () => this.#lock.lock(),
      onUnlock: () => void this.#unlock(),
      // What it offers has changed: the lock.
      onPassphrase: () => this.#menu.show(),
      saveLogs: () => this.#menu.saveLogs(),
      saveCrashReports: () => this.#menu.saveCrashReports(),
      licences: () => readLicences(outDir),
      licenceFile: (of) => licenceFile(of, process),
      show: (path) => this.#folders.show(path),
    });
  }

  start(): void {
    const { log } = this.#log;
    this.#ending.watchProcess();
    app.on("second-instance", (_event, argv) => this.#goTo(placeIn(argv)));
    app.on("activate", () => this.#focus());
    app.on("open-url", (event, url) => {
      event.preventDefault();
      this.#goTo(placeOf(url));
    });
    watchProcesses({ app, clock: systemClock, log, onFailing: () => this.#menu.askAboutGraphics(true) });
    app.on("window-all-closed", () => {
      if (process.platform !== "darwin") app.quit();
    });
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
    if (process.platform === "linux") {
      const backend = safeStorage.getSelectedStorageBackend();
      this.#log.log("info", "keyring", { backend });
      try {
        rememberKeyring(profileDir, backend);
      } catch (error) {
        this.#log.log("warn", "keyring-not-remembered", { error });
      }
    }
    this.#vault = vault;
    const screens = new Screens(desktopCapturer, process);
    this.#platform = nodePlatform(profileDir, this.#log, {
      ...{ secrets: vault.secrets, openExternal: openOutside, screens },
      folders: this.#folders,
      saveFile: (path, name) => saveFile(dialog, path, name),
    });
    if (vault.hasPassphrase()) this.#lock.begin(vault.isClosed() ? "keyring" : "user");
    guardPermissions(session.defaultSession);
    screens.guard(session.defaultSession);
    handleProtocols(
      protocol,
      join(outDir, "renderer"),
      pageFiles(() => (this.#lock.isLocked ? null : this.#core)),
    );
    claimLinks({ app, platform: process.platform, env: process.env }).catch((error: unknown) =>
      this.#log.log("warn", "links-not-claimed", { error }),
    );
    this.#stopScreen = watchScreenLock({
      ...{ monitor: powerMonitor, clock: systemClock, platform: process.platform },
      window: () => this.#window.current,
      onLocked: () => this.#lock.screenLocked(),
    });
    this.#stopSurroundings = watchSurroundings(process, (around) => this.#aroundChanged(around));
    this.#menu.show();
    if (!vault.isClosed()) await this.#begin();
    if (this.#ending.isRunning && !this.#startsHidden()) this.#focus();
  }

  /** Opens the core and everything that lives on it. */
  async #begin(): Promise<void> {
    const { createCore, signIn } = this.#options;
    const platform = this.#needPlatform();
    const core = await createCore(platform);
    if (!this.#ending.isRunning) return core.close(); // asked to quit while it was opening
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
      window: () => this.#window.current,
      isLocked: () => this.#lock.isLocked,
      onSettings: (settings) => this.#lock.follow(settings),
      onOpen: () => this.#focus(),
      onPlace: (place) => this.#goTo(place),
      onRestart: (install) => this.#ending.endWith(install),
    });
    const sentence = await signInOnce(core, signIn);
    if (sentence !== null) process.stderr.write(`${sentence}\n`);
  }

  async #unlock(): Promise<void> {
    try {
      if (this.#core === null) await this.#begin();
    } catch (error) {
      return this.#notStarted(error);
    }
    this.#lock.open();
  }

  #lockChanged(): void {
    this.#menu.show();
    this.#fittings?.lockChanged();
    this.#window.serveAnew();
  }

  #face(): Face {
    if (this.#core === null || this.#lock.isLocked) return lockedFace(this.#host);
    const face = untilLocked(withHost(this.#core, this.#host), () => this.#lock.isLocked);
    return overhearCalls(face, (isInCall) => {
      this.#isInCall = isInCall;
      this.#fittings?.callsChanged(isInCall);
    });
  }

  #goTo(place: string | null): void {
    if (place !== null) this.#state.ask({ kind: "link", link: place });
    this.#focus();
  }

  #command(command: MenuCommand): void {
    this.#state.ask({ kind: "command", command });
    this.#focus();
  }

  #aroundChanged(around: Surroundings): void {
    this.#state.set(around);
    // Started without a window in the hope of a tray that is not there.
    if (!around.hasTray && this.#fittings !== null && this.#window.current === null) this.#focus();
  }

  #startsHidden(): boolean {
    const isWished = this.#options.isAutostart && (this.#fittings?.settings.startHidden ?? false);
    return isWished && this.#state.view.hasTray;
  }

  /** Shows the window there is, or opens one; not before there is something to show in it. */
  #focus(): void {
    if (this.#platform !== null && this.#ending.isRunning) this.#window.show();
  }

  /** What surrounds the core ends at once, the page when it has said what is being typed, the core when that is written. */
  async #close(): Promise<void> {
    this.#stopNetwork();
    this.#stopScreen();
    this.#stopSurroundings();
    this.#lock.stop();
    this.#fittings?.close();
    await this.#window.end();
    await this.#core?.close();
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
