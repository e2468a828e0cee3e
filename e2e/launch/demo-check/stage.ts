import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Browser, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { probeCalls } from "../../pages/call-probe.ts";
import { startApp, type RunningApp } from "../app.ts";
import type { openDemoWorld } from "../demo-world.ts";

export type World = Awaited<ReturnType<typeof openDemoWorld>>;

/** One thing the demo has to do. It fails by throwing. */
export interface Step {
  name: string;
  run(stage: Stage): Promise<void>;
}

/** How long a step may wait for one thing on a busy two-core machine, in milliseconds. */
export const PATIENCE = { timeout: 20_000 };

/** The app, a page on it and the world around it; what the steps act on. */
export class Stage {
  readonly world: World;
  readonly #browser: Browser;
  readonly #profileDir: string;
  readonly #shots: string;
  /** Other people of the demo at machines of their own, by localpart. */
  readonly #others = new Map<string, { app: RunningApp; context: BrowserContext; page: Page; dir: string }>();
  #app: RunningApp | undefined;
  #context: BrowserContext | undefined;
  #page: Page | undefined;
  #shotCount = 0;

  constructor(world: World, browser: Browser, profileDir: string, shots: string) {
    this.world = world;
    this.#browser = browser;
    this.#profileDir = profileDir;
    this.#shots = shots;
    mkdirSync(shots, { recursive: true });
  }

  get page(): Page {
    if (!this.#page) throw new Error("the app is not open");
    return this.#page;
  }

  /** Starts the app on the demo's profile and opens it, signing in where the profile has no session yet. */
  async open(): Promise<void> {
    this.#app = await startApp({
      profileDir: this.#profileDir,
      env: { DUNLIN_SIGN_IN: JSON.stringify(this.world.signIn) },
    });
    this.#context = await this.#browser.newContext({
      viewport: { width: 1200, height: 800 },
      colorScheme: "light",
    });
    this.#page = await this.#context.newPage();
    await probeCalls(this.#page);
    await this.#page.goto(this.#app.url);
  }

  /** Another person of the demo sits down at a machine of their own; their page, the same one each time. */
  async openAnother(localpart: string): Promise<Page> {
    const there = this.#others.get(localpart);
    if (there) return there.page;
    const dir = mkdtempSync(join(tmpdir(), "dunlin-demo-other-"));
    const signIn = { homeserver: this.world.hs.baseUrl, user: localpart, password: "password" };
    const app = await startApp({ profileDir: dir, env: { DUNLIN_SIGN_IN: JSON.stringify(signIn) } });
    const context = await this.#browser.newContext({ viewport: { width: 1000, height: 700 } });
    const page = await context.newPage();
    this.#others.set(localpart, { app, context, page, dir });
    await probeCalls(page);
    await page.goto(app.url);
    return page;
  }

  /** The others get up and leave. */
  async closeOthers(): Promise<void> {
    for (const { app, context, dir } of this.#others.values()) {
      await context.close();
      await app.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    }
    this.#others.clear();
  }

  /** Ends the app as a user does, and its page. Its exit status has to be 0. */
  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = this.#page = undefined;
    const status = await this.#app?.stop();
    this.#app = undefined;
    if (status !== undefined && status !== 0) throw new Error(`the app ended with status ${status}`);
  }

  async screenshot(name: string): Promise<void> {
    if (!this.#page) return;
    this.#shotCount += 1;
    const file = `${String(this.#shotCount).padStart(2, "0")}-${name.replace(/[^a-z0-9]+/gi, "-")}.png`;
    await this.#page.screenshot({ path: join(this.#shots, file) });
  }

  /** What the app said so far, for a failed step. */
  log(): string {
    return this.#app?.stderr() ?? "";
  }

  get rooms(): Locator {
    return this.page.getByRole("navigation", { name: "Rooms" });
  }

  get messages(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  /** The item that shows exactly this text as a message body. */
  message(text: string): Locator {
    return this.messages.locator("[data-item-id]").filter({ hasText: text });
  }

  async waitForConnection(state: "live" | "offline"): Promise<void> {
    await expect(this.page.locator("html")).toHaveAttribute("data-connection", state, PATIENCE);
  }

  /** Opens the room whose name starts so, and waits until its timeline stands. */
  async openRoom(name: string): Promise<void> {
    const row = this.rooms.locator("[data-room-id]").filter({ hasText: name }).first();
    const roomId = await row.getAttribute("data-room-id");
    await row.click();
    await expect(this.messages).toHaveAttribute("data-room-id", roomId ?? "", PATIENCE);
    // What is folded into a line stands in the page, too, but hidden.
    await expect(this.messages.locator("[data-event-id]:visible").first()).toBeVisible(PATIENCE);
  }

  /** Waits until the composer holds exactly this text; it may be a text area or an editable element. */
  async expectDraft(text: string): Promise<void> {
    const draft = () =>
      this.composer.evaluate((element) =>
        element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement
          ? element.value
          : (element.textContent ?? "").trim(),
      );
    await expect.poll(draft, PATIENCE).toBe(text);
  }

  /** Types and sends with Enter, as people do. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
    await expect(this.message(text)).toBeVisible(PATIENCE);
  }
}
