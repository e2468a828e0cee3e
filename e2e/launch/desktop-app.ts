import type { Page } from "@playwright/test";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { root } from "../../main/launch/root.mjs";

// The built Electron program under the stand-in module, with its page in Chromium: what the window would load is served
// over http, and what would go over Electron's IPC goes through Playwright. The lock, the updates and a crash can so be
// looked at without Electron.

const built = join(root, "out");
const hooks = join(root, "main", "hosts", "electron", "testing", "stand-in-hooks.ts");
const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

interface Report {
  readonly event: string;
  readonly [field: string]: unknown;
}
/** What the page's side of the bridge puts on its window. */
interface BridgeWindow {
  host: { post(frame: unknown): void; onFrame(listener: (frame: unknown) => void): () => void };
  deliver: (frame: unknown) => void;
  standInPost: (frame: unknown) => Promise<void>;
}

export class DesktopApp {
  readonly #child: ChildProcess;
  readonly #server: Server;
  readonly #waiting = new Map<number, (report: Report) => void>();
  #lastId = 0;
  /** Frames go to the page in their order. */
  #sending: Promise<unknown> = Promise.resolve();

  private constructor(child: ChildProcess, server: Server) {
    this.#child = child;
    this.#server = server;
  }

  /** Starts it on `profileDir` and opens its page in `page`. */
  static async open(
    page: Page,
    profileDir: string,
    env: Readonly<Record<string, string>>,
  ): Promise<DesktopApp> {
    const child = fork(join(built, "main", "electron.js"), ["--profile-dir", profileDir], {
      execArgv: ["--import", hooks],
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      readFile(join(built, "renderer", path)).then(
        (body) => response.setHeader("content-type", contentTypes[extname(path)] ?? "").end(body),
        () => response.writeHead(404).end(),
      );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const app = new DesktopApp(child, server);
    await app.#connect(page);
    return app;
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

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#child, "exit");
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
        if (report.event === "loaded") resolve();
      });
    });
    await loaded;
    await page.goto(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/index.html`);
  }

  #toPage(page: Page, frame: unknown): void {
    const deliver = (sent: unknown): void => (window as unknown as BridgeWindow).deliver(sent);
    this.#inTurn(() => page.evaluate(deliver, frame));
  }

  /** A page that is just being left hears nothing any more, as in Electron. */
  #inTurn(work: () => Promise<unknown>): void {
    this.#sending = this.#sending.then(work).catch(() => undefined);
  }
}
