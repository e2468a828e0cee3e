import type { BrowserContext, Page } from "@playwright/test";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { root } from "../../main/launch/root.mjs";
import type { AppOptions } from "./app.ts";
import type { AppWindow } from "./electron-window.ts";

// The built Electron program under the stand-in module, with its page in Chromium. What the window would load by app://
// is served over http by the very same handler, and what would go over Electron's IPC goes through Playwright. The lock,
// the updates and a crash can so be looked at without Electron, and whole stories be told on the bundle that is shipped.

const built = join(root, "out", "main", "electron.js");
const hooks = join(root, "main", "hosts", "electron", "testing", "stand-in-hooks.ts");
const APP_ORIGIN = "app://dunlin";

interface Report {
  readonly event: string;
  readonly [field: string]: unknown;
}
/** What the app answers to a request of its page. `body` as base64. */
interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** What the page's side of the bridge puts on its window. */
interface BridgeWindow {
  host: { post(frame: unknown): void; onFrame(listener: (frame: unknown) => void): () => void };
  deliver: (frame: unknown) => void;
  standInPost: (frame: unknown) => Promise<void>;
}
type Environment = Readonly<Record<string, string>>;

export class DesktopApp {
  readonly #child: ChildProcess;
  readonly #server: Server;
  readonly #waiting = new Map<number, (report: Report) => void>();
  #lastId = 0;
  #said = "";
  /** Frames go to the page in their order. */
  #sending: Promise<unknown> = Promise.resolve();

  /** How the window was made, and what it was told since: "show" and the like. */
  readonly windows: Readonly<Record<string, unknown>>[] = [];
  readonly calls: string[] = [];

  private constructor(program: string, args: readonly string[], env: Environment) {
    this.#child = fork(program, args, {
      execArgv: ["--import", hooks],
      env: {
        ...process.env,
        DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere",
        XDG_CURRENT_DESKTOP: "",
        ...env,
      },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    this.#child.stderr?.on("data", (data: Buffer) => (this.#said += data.toString()));
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.writeHead(502).end());
    }).listen(0, "127.0.0.1");
  }

  /** Starts it on `profileDir` and opens its page in `page`. `program`: another one than what is built here. */
  static async open(
    page: Page,
    profileDir: string,
    env: Environment,
    args: readonly string[] = [],
    program = built,
  ): Promise<DesktopApp> {
    const app = new DesktopApp(program, ["--profile-dir", profileDir, ...args], env);
    await once(app.#server, "listening");
    await app.#connect(page);
    return app;
  }

  /** What its page was loaded from. */
  get url(): string {
    return `${this.#origin}/index.html`;
  }
  get pid(): number {
    return this.#child.pid ?? 0;
  }
  get stderr(): string {
    return this.#said;
  }

  /** Has the stand-in do something (main/hosts/electron/testing/stand-in-wire.ts). */
  async tell(command: { readonly do: string; readonly [field: string]: unknown }): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<Report>((resolve) => this.#waiting.set(id, resolve));
    this.#child.send({ id, command });
    const { value, error } = await answer;
    if (typeof error === "string") throw new Error(error);
    return value;
  }

  /** Ends it in order, or kills it; resolves with the exit status. */
  async close(signal: "SIGTERM" | "SIGKILL" = "SIGKILL"): Promise<number | null> {
    const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
    const exited = hasEnded ? Promise.resolve() : once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
    this.#server.close();
    this.#server.closeAllConnections();
    return this.#child.exitCode;
  }

  get #origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #connect(page: Page): Promise<void> {
    await page.exposeFunction("standInPost", async (frame: unknown) => {
      // A page outlives the app by a moment.
      if (this.#child.connected) await this.tell({ do: "frame", frame, from: "page" });
    });
    await page.addInitScript(() => {
      const bridge = window as unknown as BridgeWindow;
      const listeners = new Set<(frame: unknown) => void>();
      bridge.deliver = (frame) => listeners.forEach((listener) => listener(frame));
      bridge.host = {
        post: (frame) => void bridge.standInPost(frame),
        onFrame(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      };
    });
    const loaded = new Promise<void>((resolve) => {
      this.#child.on("message", (report: Report) => {
        if (report.event === "reply") this.#waiting.get(report["id"] as number)?.(report);
        if (report.event === "sent") this.#toPage(page, report["frame"]);
        if (report.event === "reloaded") this.#inTurn(() => page.reload());
        if (report.event === "window") this.windows.push(report["options"] as Record<string, unknown>);
        if (report.event === "called") this.calls.push(String(report["name"]));
        if (report.event === "loaded") resolve();
      });
    });
    const ended = once(this.#child, "exit").then(() => {
      throw new Error(`the app ended before it had a window: ${this.#said}`);
    });
    await Promise.race([loaded, ended]);
    ended.catch(() => undefined);
    await page.goto(this.url);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = request;
    const { host: _host, connection: _connection, origin, ...others } = headers;
    const {
      status,
      headers: answered,
      body,
    } = (await this.tell({
      do: "serve",
      url: `${APP_ORIGIN}${url}`,
      method,
      headers: { ...others, ...(origin === this.#origin ? { origin: APP_ORIGIN } : origin && { origin }) },
      body: ["GET", "HEAD"].includes(method) ? null : (await buffer(request)).toString("base64"),
    })) as Served;
    response.writeHead(status, answered).end(Buffer.from(body, "base64"));
  }

  #toPage(page: Page, said: unknown): void {
    // No browser knows media://; the same files are below the page's own origin (main/hosts/electron/protocols.ts).
    const isHello = (said as { readonly t?: string }).t === "hello";
    const frame = isHello ? { ...(said as object), resources: `${this.#origin}/` } : said;
    const deliver = (sent: unknown): void => (window as unknown as BridgeWindow).deliver(sent);
    this.#inTurn(() => page.evaluate(deliver, frame));
  }

  /** A page that is just being left hears nothing any more, as in Electron. */
  #inTurn(work: () => Promise<unknown>): void {
    this.#sending = this.#sending.then(work).catch(() => undefined);
  }
}

/** A window of its own in `context`, as Electron opens one. */
export async function openStandIn(context: BrowserContext, options: AppOptions): Promise<AppWindow> {
  const page = await context.newPage();
  const { profileDir, homeserver, env = {}, args = [] } = options;
  const flags = homeserver === undefined ? args : ["--homeserver", homeserver, ...args];
  const desktop = await DesktopApp.open(page, profileDir, env, flags);
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<number | null> => {
    const status = await desktop.close(signal);
    await page.close();
    return status;
  };
  return {
    page,
    app: {
      url: desktop.url,
      pid: desktop.pid,
      stop: () => end("SIGTERM"),
      kill: async () => void (await end("SIGKILL")),
      stderr: () => desktop.stderr,
    },
  };
}
