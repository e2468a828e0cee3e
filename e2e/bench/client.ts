import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from "playwright-core";
import { startApp, type RunningApp } from "../launch/app.ts";
import { chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { frozenHost } from "./frozen-build.ts";
import { installProbe, type Begin, type Painted, type Sight } from "./in-page.ts";
import { treeUse, type TreeUse } from "./resources.ts";

/** What a part of a run cost. */
export interface Cost {
  readonly cpu: number;
  readonly heap: number;
  readonly pss: number;
}

/** How long anything may take on a slow machine, in milliseconds. */
const PATIENCE = 300_000;

/** One user's app and browser: started, driven and weighed. */
export class Client {
  readonly profileDir: string;
  /** It was made for several runs. */
  readonly #isKept: boolean;
  readonly #browser: Browser;
  readonly #browserPid: number;
  /** The same port at every start, as with Electron's `app://`: what the browser keeps of the page stays valid. */
  readonly #port: number;
  #context: BrowserContext | undefined;
  #app: RunningApp | undefined;
  #page: Page | undefined;
  #devtools: CDPSession | undefined;
  #armed = 0;
  #cpuBefore = 0;
  /** Processor time of apps and pages that have ended, s. */
  #cpuEnded = 0;

  private constructor(browser: Browser, browserPid: number, port: number, profileDir: string | undefined) {
    this.profileDir = profileDir ?? mkdtempSync(join(tmpdir(), "dunlin-bench-"));
    this.#isKept = profileDir !== undefined;
    this.#browser = browser;
    this.#browserPid = browserPid;
    this.#port = port;
  }

  /** On a new profile, or on one that is left as it is afterwards. */
  static async open(profileDir?: string): Promise<Client> {
    const executablePath = chromiumPath();
    if (executablePath === undefined) throw new Error("no Chromium-family browser was found");
    const browser = await chromium.launch({ executablePath, args: chromiumFlags });
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const main = processInfo.find(({ type }) => type === "browser");
    await session.detach();
    return new Client(browser, main?.id ?? 0, await freePort(), profileDir);
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error("no page is open");
    return this.#page;
  }
  get app(): RunningApp {
    if (this.#app === undefined) throw new Error("the app does not run");
    return this.#app;
  }

  async startApp(options: { homeserver?: string; env?: Record<string, string> } = {}): Promise<void> {
    const { env = {}, ...rest } = options;
    this.#app = await startApp({
      ...rest,
      profileDir: this.profileDir,
      env: { ...env, DUNLIN_MEASURE: "1" },
      args: ["--port", String(this.#port)],
      program: frozenHost,
    });
  }

  async stopApp(): Promise<void> {
    await this.#keepingCost(async () => {
      await this.#app?.stop();
      this.#app = undefined;
    });
  }

  /** Opens the app's page; what `arm` names is waited for from the first moment on. */
  async openPage(armed: Readonly<Record<string, Sight>> = {}): Promise<void> {
    this.#context ??= await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    this.#page = await this.#context.newPage();
    this.#page.setDefaultTimeout(PATIENCE);
    await this.#page.addInitScript(installProbe);
    await this.#page.addInitScript((sights) => {
      for (const [id, sight] of Object.entries(sights)) window.bench.arm(id, "navigation", sight);
    }, armed);
    this.#devtools = await this.#page.context().newCDPSession(this.#page);
    await this.#page.goto(this.app.url);
  }

  async closePage(): Promise<void> {
    await this.#keepingCost(async () => {
      await this.#page?.close();
      this.#page = this.#devtools = undefined;
    });
  }

  /** What an id of `openPage` came to. */
  seen(id: string): Promise<Painted> {
    return this.page.evaluate((name) => window.bench.seen(name), id);
  }

  /** Waits for the sight that follows an input. */
  async after(begin: Begin, sight: Sight, act: () => Promise<unknown>): Promise<Painted> {
    const id = `armed-${(this.#armed += 1)}`;
    await this.page.evaluate(([name, from, what]) => window.bench.arm(name, from, what), [
      id,
      begin,
      sight,
    ] as const);
    await act();
    return this.seen(id);
  }

  async signIn(homeserver: string, user: string, password: string): Promise<void> {
    const field = (name: string) => this.page.getByRole("textbox", { name, exact: true });
    await field("Homeserver").fill(homeserver);
    await field("Username").fill(user);
    await field("Password").fill(password);
  }

  async openRoom(name: string, roomId: string): Promise<void> {
    const search = this.page.getByRole("searchbox", { name: "Find a room" });
    await search.fill(name);
    await this.page.locator(`nav [data-room-id="${roomId}"]`).first().click();
    await this.page.locator(`[role="log"][data-room-id="${roomId}"] [data-kind="message"]`).first().waitFor();
    await search.fill("");
  }

  isLive(): Promise<unknown> {
    return this.page.locator('html[data-connection="live"]').waitFor({ state: "attached" });
  }

  /** From here on processor time counts for the next `cost()`. */
  beginCost(): void {
    this.#cpuBefore = this.#cpuNow();
  }

  /** Since `beginCost`; the heap is what is left after collecting garbage. */
  async cost(): Promise<Cost> {
    const cpu = this.#cpuNow() - this.#cpuBefore;
    return { cpu, heap: await this.#heapMiB(), pss: this.#use()?.pssMiB ?? Number.NaN };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.stopApp();
    if (!this.#isKept) rmSync(this.profileDir, { recursive: true, force: true, maxRetries: 5 });
  }

  #cpuNow(): number {
    return (this.#use()?.cpuSeconds ?? Number.NaN) + this.#cpuEnded;
  }

  /** Ends processes; what they had cost until then still counts. */
  async #keepingCost(end: () => Promise<void>): Promise<void> {
    const before = this.#use()?.cpuSeconds ?? 0;
    await end();
    this.#cpuEnded += Math.max(0, before - (this.#use()?.cpuSeconds ?? 0));
  }

  #use(): TreeUse | null {
    return treeUse([this.#browserPid, ...(this.#app === undefined ? [] : [this.#app.pid])]);
  }

  async #heapMiB(): Promise<number> {
    if (this.#devtools === undefined) return Number.NaN;
    await this.#devtools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.#devtools.send("Runtime.getHeapUsage");
    return usedSize / 1024 / 1024;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
