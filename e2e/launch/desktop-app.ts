import type { BrowserContext, Page } from "@playwright/test";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { root } from "../../main/launch/root.mjs";
import type { AppOptions } from "./app.ts";
import type { AppWindow } from "./electron-window.ts";
import { ProcessGone, StandInProcess, type Report } from "./stand-in-process.ts";

// The built Electron program under the stand-in module, with its page in Chromium. What the window would load by app://
// is served over http by the very same handler, and what would go over Electron's IPC goes through Playwright. The lock,
// the updates and a crash can so be looked at without Electron, and whole stories be told on the bundle that is shipped.

const built = join(root, "out", "main", "electron.js");
const APP_ORIGIN = "app://dunlin";

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
  readonly #process: StandInProcess;
  readonly #server: Server;
  /** Frames go to the page in their order. */
  #sending: Promise<unknown> = Promise.resolve();

  /** How the window was made, and what it was told since: "show" and the like. */
  readonly windows: Readonly<Record<string, unknown>>[] = [];
  readonly calls: string[] = [];

  private constructor(program: string, args: readonly string[], env: Environment) {
    this.#process = new StandInProcess(program, args, env);
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
    return this.#process.pid;
  }
  get stderr(): string {
    return this.#process.stderr;
  }

  /** Has the stand-in do something (main/hosts/electron/testing/stand-in-wire.ts). Rejects with `ProcessGone`. */
  tell(command: { readonly do: string; readonly [field: string]: unknown }): Promise<unknown> {
    return this.#process.tell(command);
  }

  /** Ends it in order, or kills it; resolves with the exit status. */
  async close(signal: "SIGTERM" | "SIGKILL" = "SIGKILL"): Promise<number | null> {
    const status = await this.#process.end(signal);
    this.#server.close();
    this.#server.closeAllConnections();
    return status;
  }

  get #origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #connect(page: Page): Promise<void> {
    await page.exposeFunction("standInPost", async (frame: unknown) => {
      try {
        await this.tell({ do: "frame", frame, from: "page" });
      } catch (error) {
        // A page outlives the app by a moment.
        if (!(error instanceof ProcessGone)) throw error;
      }
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
      this.#process.onReport((report: Report) => {
        if (report.event === "sent") this.#toPage(page, report["frame"]);
        if (report.event === "reloaded") this.#inTurn(() => page.reload());
        if (report.event === "window") this.windows.push(report["options"] as Record<string, unknown>);
        if (report.event === "called") this.calls.push(String(report["name"]));
        if (report.event === "loaded") resolve();
      });
    });
    const ended = this.#process.ended().then(() => {
      throw new Error(`the app ended before it had a window: ${this.stderr}`);
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
