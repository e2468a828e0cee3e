import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { CONTRACT_VERSION, type HostFrame } from "../../../../preload/contract/frames.ts";
import type { DesktopView } from "../../../../preload/contract/models/desktop.ts";
import { StandInChild } from "./stand-in-child.ts";

const program = new URL("./run-fake-electron.ts", import.meta.url).href;
let questions = 100;

/** A folder of its own, and runs of the host in it under the stand-in: over a fake core, or another program. */
export class DesktopStage {
  readonly dir: string;
  readonly #program: string;
  readonly #children: StandInChild[] = [];

  constructor(runs = program) {
    this.#program = runs;
    this.dir = mkdtempSync(join(tmpdir(), "dunlin-desktop-"));
    mkdirSync(join(this.dir, "out", "renderer"), { recursive: true });
    mkdirSync(join(this.dir, "out", "main"), { recursive: true });
    writeFileSync(join(this.dir, "out", "renderer", "index.html"), "<title>page</title>");
  }

  get profileDir(): string {
    return join(this.dir, "profile");
  }

  start(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): StandInChild {
    const child = new StandInChild(this.#program, ["--profile-dir", this.profileDir, ...args], {
      FAKE_OUT_DIR: join(this.dir, "out"),
      HOME: this.dir,
      XDG_CONFIG_HOME: join(this.dir, "config"),
      XDG_DATA_HOME: join(this.dir, "data"),
      ...env,
    });
    this.#children.push(child);
    return child;
  }

  /** A run whose window is shown, with its page. */
  async opened(
    env: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ): Promise<DesktopPage> {
    const child = this.start(env, args);
    await child.until("called", ({ name }) => name === "show");
    return greeted(child);
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.kill()));
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The page's side: what it knows of the desktop, and what it asks. */
export class DesktopPage {
  readonly child: StandInChild;
  readonly #from: number;
  readonly #topic: number;

  constructor(child: StandInChild, topic: number) {
    this.child = child;
    this.#from = child.frames.length;
    this.#topic = topic;
  }

  get frames(): readonly HostFrame[] {
    return this.child.frames.slice(this.#from);
  }

  get view(): DesktopView | undefined {
    const last = this.frames.findLast(
      (frame) => (frame.t === "snapshot" || frame.t === "change") && frame.id === this.#topic,
    );
    return last !== undefined && "value" in last ? (last.value as DesktopView) : undefined;
  }

  /** What a topic said, as it came: its snapshot first. */
  async watch<T>(topic: string, params: unknown = null): Promise<() => readonly T[]> {
    const id = ++questions;
    await this.child.post({ t: "subscribe", id, topic, params });
    return () =>
      this.frames.flatMap((frame) =>
        (frame.t === "snapshot" || frame.t === "change") && frame.id === id ? [frame.value as T] : [],
      );
  }

  async call(method: string, params: object = {}): Promise<unknown> {
    const id = ++questions;
    await this.child.post({ t: "call", id, method, params });
    const find = () => this.frames.find((frame) => "id" in frame && frame.id === id);
    await expect.poll(find, { timeout: 10_000, interval: 5 }).toBeDefined();
    const answer = find();
    if (answer?.t === "failure") throw new Error(answer.failure.message);
    return answer !== undefined && "value" in answer ? answer.value : null;
  }
}

/** A page that has just been loaded in the window. */
export async function greeted(child: StandInChild): Promise<DesktopPage> {
  const topic = ++questions;
  const page = new DesktopPage(child, topic);
  await child.post({ t: "hello", version: CONTRACT_VERSION });
  await child.post({ t: "subscribe", id: topic, topic: "desktop", params: null });
  await expect.poll(() => page.view).toBeDefined();
  return page;
}

/** The power goes. */
export const kills = (page: DesktopPage): Promise<void> => page.child.kill();
