// A stand-in for the module `electron`: as much of it as our code uses, everything recorded and reported to the parent
// process, every event caused by a command of the parent. It has no opinion of its own about what is right.
import { EventEmitter } from "node:events";
import { request, type RequestOptions } from "node:http";
import type { ChildReport, Command, CoreWord, PageWho } from "./stand-in-wire.ts";

const report = (event: ChildReport): void => void process.send?.(event);
const prevented = (
  emitter: EventEmitter,
  name: string,
  details: object = {},
  ...more: readonly unknown[]
): boolean => {
  let isPrevented = false;
  emitter.emit(name, { ...details, preventDefault: () => void (isPrevented = true) }, ...more);
  return isPrevented;
};

class App extends EventEmitter {
  readonly isPackaged = process.env["STAND_IN_PACKAGED"] === "1";
  readonly paths: Record<string, string> = {};
  readonly switches: Record<string, string> = {};
  readonly commandLine = {
    appendSwitch: (name: string, value: string): void => void (this.switches[name] = value),
    hasSwitch: (name: string): boolean => name in this.switches,
  };
  #isReady = false;

  badge = 0;
  setBadgeCount(count: number): boolean {
    this.badge = count;
    return true;
  }
  readonly claimed: string[] = [];
  setAsDefaultProtocolClient(scheme: string): boolean {
    return this.claimed.push(scheme) > 0;
  }
  isDefaultProtocolClient = (): boolean => false;
  getApplicationNameForProtocol = (): string => "";
  setAppUserModelId = (): void => undefined;
  releaseSingleInstanceLock = (): void => report({ event: "lock released" });
  setJumpList = (list: unknown): void => report({ event: "recent", list });
  readonly dock = {
    setMenu: (menu: readonly MenuEntry[]): void => {
      dockMenu = menu;
      report({ event: "recent", list: menu.map(({ label }) => label) });
    },
  };
  #login = { openAtLogin: false };
  getLoginItemSettings = (): object => this.#login;
  setLoginItemSettings(item: { openAtLogin: boolean }): void {
    this.#login = item;
    report({ event: "login item", item });
  }
  disableHardwareAcceleration = (): void =>
    report({ event: "hardware acceleration off", isReady: this.#isReady });
  relaunch = (): void => report({ event: "relaunch" });
  setPath(name: string, path: string): void {
    this.paths[name] = path;
  }
  getPath = (name: string): string => this.paths[name] ?? "";
  getVersion = (): string => process.env["STAND_IN_VERSION"] ?? "1.0.0";
  getName = (): string => "dunlin";
  requestSingleInstanceLock(): boolean {
    return process.env["STAND_IN_LOCK"] !== "taken";
  }
  isReady(): boolean {
    return this.#isReady;
  }
  async whenReady(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#isReady = true;
  }
  quit(): void {
    if (prevented(this, "before-quit")) return;
    for (const window of [...BrowserWindow.all]) window.close();
    report({ event: "quit" });
    this.emit("quit", {}, 0);
    this.exit(0);
  }
  exit(status: number): void {
    // What is on its way to the parent must arrive first.
    if (process.connected) process.disconnect();
    process.exit(status);
  }
}
export const app = new App();

/** What the page says as it is left: Electron waits for its `beforeunload` before anything else happens to it. */
let lastWords: unknown = null;
function sayLastWords(): void {
  const frame = lastWords;
  lastWords = null;
  if (frame !== null) ipcMain.emit("port", senderOf("page"), frame);
}
/** A page that answers nothing any more. */
const isHanging = process.env["STAND_IN_HANGING"] === "1";

class Contents extends EventEmitter {
  readonly session = {
    addWordToSpellCheckerDictionary: (word: string): void =>
      report({ event: "edited", what: "learn", text: word }),
  };
  replaceMisspelling = (text: string): void => report({ event: "edited", what: "replace", text });
  mainFrame = { origin: "null", url: "" };
  openHandler: (details: { url: string }) => unknown = () => ({ action: "allow" });
  reloads = 0;
  isGone = false;

  setWindowOpenHandler(handler: (details: { url: string }) => unknown): void {
    this.openHandler = handler;
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  send(channel: string, frame: unknown): void {
    report({ event: "sent", channel, frame: JSON.parse(JSON.stringify(frame)) as unknown });
  }
  show(url: string): void {
    this.emit("did-start-navigation", { isMainFrame: true, isSameDocument: false });
    const { protocol, host } = new URL(url);
    this.mainFrame = { origin: `${protocol}//${host}`, url };
  }
  reload(): void {
    if (isHanging) return;
    sayLastWords();
    this.reloads += 1;
    this.show(this.mainFrame.url);
    report({ event: "reloaded" });
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all = new Set<BrowserWindow>();
  readonly webContents = new Contents();
  readonly calls: string[] = [];
  isGone = false;

  constructor(options: object) {
    super();
    BrowserWindow.all.add(this);
    report({ event: "window", options });
  }
  loadURL(url: string): Promise<void> {
    this.webContents.show(url);
    report({ event: "loaded", url });
    setImmediate(() => this.emit("ready-to-show"));
    return Promise.resolve();
  }
  close(): void {
    if (prevented(this, "close") || isHanging) return;
    sayLastWords();
    this.destroy();
  }
  destroy(): void {
    this.isGone = this.webContents.isGone = true;
    BrowserWindow.all.delete(this);
    this.webContents.emit("destroyed");
    this.emit("closed");
    if (BrowserWindow.all.size === 0) app.emit("window-all-closed");
  }
  isDestroyed = (): boolean => this.isGone;
  isMinimized = (): boolean => this.calls.at(-1) === "minimize";
  isMaximized = (): boolean => false;
  getNormalBounds = () => ({ x: 10, y: 20, width: 900, height: 700 });
  minimize = (): void => this.#called("minimize");
  restore = (): void => this.#called("restore");
  maximize = (): void => this.#called("maximize");
  show = (): void => this.#called("show");
  hide = (): void => this.#called("hide");
  isFocused = (): boolean => this.calls.at(-1) === "focus";
  setOverlayIcon = (picture: object | null, text: string): void =>
    report({ event: "overlay", text, hasPicture: picture !== null });
  flashFrame = (): void => this.#called("flash");
  focus = (): void => {
    this.#called("focus");
    app.emit("browser-window-focus", {}, this);
  };
  blur = (): void => this.#called("blur");
  #called(name: string): void {
    this.calls.push(name);
    report({ event: "called", name });
  }
}

export const ipcMain = new EventEmitter();
let idleSeconds = 0;
let isScreenLocked = false;
export const powerMonitor = Object.assign(new EventEmitter(), {
  getSystemIdleTime: () => idleSeconds,
  getSystemIdleState: () => (isScreenLocked ? "locked" : "active"),
});
/** Requests of electron-updater: plain HTTP to a server of the test. */
export const net = {
  isOnline: (): boolean => true,
  request: ({
    session: _session,
    redirect: _redirect,
    ...options
  }: RequestOptions & Record<string, unknown>) => request(options as RequestOptions),
};
export const nativeTheme = Object.assign(new EventEmitter(), {
  shouldUseDarkColors: true,
  shouldUseDarkColorsForSystemIntegratedUI: true,
});

class Picture {
  readonly scales: number[] = [];
  addRepresentation({ scaleFactor }: { scaleFactor: number }): void {
    this.scales.push(scaleFactor);
  }
  setTemplateImage(): void {}
}
export const nativeImage = {
  createEmpty: (): Picture => new Picture(),
  createFromPath: (path: string): object => ({ path, isEmpty: () => false }),
};

export class Notification extends EventEmitter {
  static readonly made: Notification[] = [];
  static isSupported = (): boolean => process.env["STAND_IN_NOTIFICATIONS"] !== "none";
  static removeAll = (): void => undefined;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #nth: number;

  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.#options = options;
    this.#nth = Notification.made.push(this) - 1;
  }
  show(): void {
    report({ event: "notification", nth: this.#nth, options: this.#options });
  }
  close(): void {
    report({ event: "notification closed", nth: this.#nth });
  }
}

export class Tray extends EventEmitter {
  static current: Tray | null = null;
  menu: readonly MenuEntry[] = [];
  toolTip = "";
  picture: Picture;

  constructor(picture: Picture) {
    super();
    this.picture = picture;
    Tray.current = this;
  }
  setImage(picture: Picture): void {
    this.picture = picture;
  }
  setToolTip(toolTip: string): void {
    this.toolTip = toolTip;
  }
  setContextMenu(menu: typeof this.menu): void {
    this.menu = menu;
  }
  destroy(): void {
    Tray.current = null;
  }
}
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const shell = {
  openPath: (path: string): Promise<string> => {
    report({ event: "shown", path });
    return Promise.resolve("");
  },
  openExternal: (url: string): Promise<void> => Promise.resolve(report({ event: "external", url })),
};
export const dialog = {
  showSaveDialog: () =>
    Promise.resolve({
      canceled: process.env["STAND_IN_SAVE_AS"] === undefined,
      filePath: process.env["STAND_IN_SAVE_AS"] ?? "",
    }),
  showOpenDialog: () => {
    const folder = process.env["STAND_IN_FOLDER"];
    return Promise.resolve({
      canceled: folder === undefined,
      filePaths: folder === undefined ? [] : [folder],
    });
  },
  /** The user presses the first button where the test says so, and closes the box otherwise. */
  showMessageBox: ({ message, cancelId }: { message: string; cancelId: number }) => {
    report({ event: "question", text: message });
    return Promise.resolve({ response: process.env["STAND_IN_ANSWER"] === "yes" ? 0 : cancelId });
  },
  showErrorBox: (_title: string, text: string): void => report({ event: "error-box", text }),
};
interface MenuEntry {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly accelerator?: string;
  readonly visible?: boolean;
  readonly click?: () => void;
  readonly submenu?: readonly MenuEntry[];
}
type StandInMenu = readonly MenuEntry[] & { popup(): void };
let dockMenu: readonly MenuEntry[] = [];
let applicationMenu: readonly MenuEntry[] = [];
let contextMenu: readonly MenuEntry[] = [];
const named = (menu: readonly MenuEntry[], name: string): MenuEntry | undefined =>
  menu
    .flatMap((entry) => [entry, ...(entry.submenu ?? [])])
    .find(({ id, label, role }) => [id, label, role].includes(name));
export const Menu = {
  buildFromTemplate: (template: readonly MenuEntry[]): StandInMenu =>
    Object.assign([...template], { popup: () => void (contextMenu = template) }),
  setApplicationMenu: (menu: readonly MenuEntry[]): void => {
    applicationMenu = menu;
    report({ event: "menu", menu });
  },
};
export const clipboard = {
  writeText: (text: string): void => report({ event: "edited", what: "copy", text }),
};
export const crashReporter = {
  start: (options: object): void =>
    report({ event: "crash reporter", options, dir: app.paths["crashDumps"] ?? "" }),
};
/** Another number is another keyring: it opens nothing of this one's. */
const ring = process.env["STAND_IN_KEYRING"] ?? "1";
export const safeStorage = {
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(ring + text).reverse()),
  decryptStringAsync(sealed: Buffer) {
    const text = Buffer.from(sealed).reverse().toString();
    return text.startsWith(ring)
      ? Promise.resolve({ result: text.slice(ring.length), shouldReEncrypt: false })
      : Promise.reject(new Error("another keyring"));
  },
  getSelectedStorageBackend: () => "gnome_libsecret",
  setUsePlainTextEncryption: () => undefined,
};

type ProtocolHandler = (request: Request) => Promise<Response>;
const protocols = new Map<string, ProtocolHandler>();
export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown): void =>
    report({ event: "schemes", schemes, isReady: app.isReady() }),
  handle: (scheme: string, handler: ProtocolHandler): void => void protocols.set(scheme, handler),
};

function answerTo(request: Request): Promise<Response> {
  const handler = protocols.get(new URL(request.url).protocol.slice(0, -1));
  if (handler === undefined) throw new Error(`nobody handles ${request.url}`);
  return handler(request);
}

type RequestHandler = (
  contents: null,
  permission: string,
  answer: (is: boolean) => void,
  details: object,
) => void;
type CheckHandler = (contents: null, permission: string, origin: string, details: object) => boolean;
let onPermission: RequestHandler = (_contents, _permission, answer) => answer(true);
let onCheck: CheckHandler = () => true;
let onDevice: () => boolean = () => true;
type DisplayHandler = (request: object, answer: (streams: unknown) => void) => void;
let onDisplay: DisplayHandler = (_request, answer) => answer({});
const screenSource = {
  id: "screen:1:0",
  name: "Entire screen",
  thumbnail: { isEmpty: () => false, toPNG: () => Buffer.from("picture") },
};
export const desktopCapturer = { getSources: () => Promise.resolve([screenSource]) };
export const session = {
  fromPartition: (): object => ({}),
  defaultSession: {
    availableSpellCheckerLanguages: ["de", "en-GB"],
    setSpellCheckerEnabled: (isOn: boolean): void => report({ event: "spelling", isOn }),
    setSpellCheckerLanguages: (languages: readonly string[]): void =>
      report({ event: "spelling", languages }),
    setPermissionRequestHandler: (handler: RequestHandler): void => void (onPermission = handler),
    setPermissionCheckHandler: (handler: CheckHandler): void => void (onCheck = handler),
    setDevicePermissionHandler: (handler: () => boolean): void => void (onDevice = handler),
    setDisplayMediaRequestHandler: (handler: DisplayHandler): void => void (onDisplay = handler),
  },
};

/** The module `electron-updater`. */
class StandInUpdater extends EventEmitter {
  autoInstallOnAppQuit = false;
  checkForUpdates(): Promise<null> {
    report({ event: "update", what: "check" });
    return Promise.resolve(null);
  }
  quitAndInstall(): void {
    report({ event: "update", what: "install" });
    app.quit();
  }
}
export const autoUpdater = new StandInUpdater();
export default { autoUpdater };

const currentWindow = (): BrowserWindow => {
  const [window] = BrowserWindow.all;
  if (window === undefined) throw new Error("there is no window");
  return window;
};

function senderOf(who: PageWho): object {
  const { webContents } = currentWindow();
  const { mainFrame } = webContents;
  switch (who) {
    case "page":
      return { sender: webContents, senderFrame: mainFrame };
    case "frame inside":
      return { sender: webContents, senderFrame: { ...mainFrame } };
    case "frame that is gone":
      return { sender: webContents, senderFrame: null };
    case "other window":
      return { sender: new Contents(), senderFrame: mainFrame };
    case "other origin":
      webContents.mainFrame = { origin: "https://evil.example", url: "https://evil.example/" };
      return { sender: webContents, senderFrame: webContents.mainFrame };
  }
}

const commands: { readonly [C in Command as C["do"]]: (command: C) => unknown } = {
  frame: ({ frame, from }) => {
    const { mainFrame } = currentWindow().webContents;
    ipcMain.emit("port", senderOf(from), frame);
    currentWindow().webContents.mainFrame = mainFrame;
  },
  navigate: ({ by, url }) => prevented(currentWindow().webContents, by, { url }),
  "last words": ({ frame }) => void (lastWords = frame),
  "open window": ({ url }) => currentWindow().webContents.openHandler({ url }),
  reload: () => currentWindow().webContents.reload(),
  crash: ({ reason }) =>
    void currentWindow().webContents.emit("render-process-gone", {}, { reason, exitCode: 1 }),
  "process gone": ({ type, reason }) =>
    void app.emit("child-process-gone", {}, { type, reason, exitCode: 1 }),
  idle: ({ seconds }) => void (idleSeconds = seconds),
  permission: ({ permission, url, isMainFrame }) => {
    let isGranted = false;
    onPermission(null, permission, (is) => (isGranted = is), { requestingUrl: url, isMainFrame });
    const isAllowed = onCheck(null, permission, new URL(url).origin === "null" ? url : new URL(url).origin, {
      requestingUrl: url,
      isMainFrame,
    });
    return { isGranted, isAllowed, isDevice: onDevice() };
  },
  display: ({ url }) =>
    new Promise((answer) => {
      const request = { frame: { url, parent: null }, videoRequested: true, audioRequested: false };
      onDisplay(request, (streams) => answer(streams));
    }),
  fetch: async ({ url, headers }) => {
    const response = await answerTo(new Request(url, { headers: headers ?? {} }));
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  },
  serve: async ({ url, method, headers, body }) => {
    const sent = body === null ? {} : { body: Buffer.from(body, "base64") };
    const response = await answerTo(new Request(url, { method, headers, ...sent }));
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()).toString("base64"),
    };
  },
  "second instance": ({ argv }) => {
    currentWindow().minimize();
    app.emit("second-instance", {}, ["dunlin", ...(argv ?? [])]);
  },
  "open url": ({ url }) => prevented(app, "open-url", {}, url),
  resume: () => void powerMonitor.emit("resume"),
  power: ({ event }) => {
    isScreenLocked = event === "lock-screen";
    // Linux is asked; it has no such events.
    if (process.platform !== "linux") powerMonitor.emit(event);
  },
  "choose in menu": ({ name }) => named(applicationMenu, name)?.click?.(),
  "menu keys": () =>
    applicationMenu
      .flatMap(({ submenu }) => submenu ?? [])
      .flatMap(({ id, role, accelerator, visible }) =>
        accelerator === undefined || visible === false ? [] : [[id ?? role ?? "", accelerator]],
      ),
  "choose in dock": ({ name }) => named(dockMenu, name)?.click?.(),
  "context menu": ({ asked }) => {
    contextMenu = [];
    currentWindow().webContents.emit("context-menu", {}, asked);
    return contextMenu.map(({ label, role }) => label ?? role ?? "");
  },
  "choose in context menu": ({ name }) => named(contextMenu, name)?.click?.(),
  update: ({ event, details }) => void autoUpdater.emit(event, details),
  "close window": () => currentWindow().close(),
  quit: () => app.quit(),
  tray: () =>
    Tray.current === null
      ? null
      : {
          toolTip: Tray.current.toolTip,
          scales: Tray.current.picture.scales,
          badge: app.badge,
          labels: Tray.current.menu.flatMap(({ label }) => (label === undefined ? [] : [label])),
        },
  "press in tray": ({ label }) => {
    if (label === null) Tray.current?.emit("click");
    else named(Tray.current?.menu ?? [], label)?.click?.();
  },
  notification: ({ nth, event, details }) => void Notification.made[nth]?.emit(event, details ?? {}),
  state: () => ({
    claimed: app.claimed,
    paths: app.paths,
    switches: app.switches,
    windows: BrowserWindow.all.size,
  }),
};

process.on("message", (message: { readonly id: number; readonly command: Command } | CoreWord) => {
  if (!("command" in message)) return; // for the fake core
  const run = commands[message.command.do] as (command: Command) => unknown;
  Promise.resolve()
    .then(() => run(message.command))
    .then(
      (value) => report({ event: "reply", id: message.id, value: value ?? null }),
      (error: unknown) => report({ event: "reply", id: message.id, value: null, error: String(error) }),
    );
});
