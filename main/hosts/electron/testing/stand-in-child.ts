import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, vi } from "vitest";
import type { HostFrame } from "../../../../preload/contract/frames.ts";
import type { ChildReport, Command, CoreWord, PageWho } from "./stand-in-wire.ts";

const hooks = new URL("./stand-in-hooks.ts", import.meta.url).href;

// Some stories start it four times, and on a busy machine a start takes ten seconds. Synapse stories say their own.
vi.setConfig({ testTimeout: 180_000 });

/** A program that believes it runs in Electron, in a process of its own. */
export class StandInChild {
  readonly reports: ChildReport[] = [];
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  readonly #child: ChildProcess;
  #output = "";
  #lastId = 0;

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = fork(program.startsWith("file:") ? fileURLToPath(program) : program, args, {
      execArgv: ["--import", hooks],
      // No desktop of whoever runs the test: its tray and its do not disturb are no part of the story.
      env: {
        ...process.env,
        DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere",
        XDG_CURRENT_DESKTOP: "",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child.on("message", (report) => this.reports.push(report as ChildReport));
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (data: Buffer) => (this.#output += data.toString()));
    this.ended = once(this.#child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
  }

  /** Everything it has written, for a failing assertion and for sentences. */
  get output(): string {
    return this.#output;
  }

  /** Has the stand-in do something; resolves with what came of it. */
  async tell<T = unknown>(command: Command): Promise<T> {
    const id = ++this.#lastId;
    this.#send({ id, command });
    const reply = await this.until("reply", (report) => report.id === id);
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.value as T;
  }

  /** Has the fake core say something to everybody who watches `topic`. */
  say(topic: string, value: unknown): void {
    this.#send({ topic, value } satisfies CoreWord);
  }

  /** What one that has just ended was told is nothing; `until` says that it ended. */
  #send(message: object): void {
    // Without a callback a pipe that broke is an `error` event, which ends the worker of all tests.
    this.#child.send(message, () => undefined);
  }

  /** Posts a frame as a page; resolves when it was handled. */
  post(frame: unknown, from: PageWho = "page"): Promise<unknown> {
    return this.tell({ do: "frame", frame, from });
  }

  get frames(): readonly HostFrame[] {
    return this.all("sent").map((report) => report.frame as HostFrame);
  }

  all<E extends ChildReport["event"]>(event: E): (ChildReport & { event: E })[] {
    return this.reports.filter((report): report is ChildReport & { event: E } => report.event === event);
  }

  /** The first report of this kind that fits, when it has come. */
  async until<E extends ChildReport["event"]>(
    event: E,
    fits: (report: ChildReport & { event: E }) => boolean = () => true,
    /** Ms after which it is given up: how soon it comes is the machine's affair. */
    timeout = 60_000,
  ): Promise<ChildReport & { event: E }> {
    const find = () => this.all(event).find(fits);
    await expect
      .poll(() => find() !== undefined || this.#child.exitCode !== null, { timeout, interval: 5 })
      .toBe(true);
    const found = find();
    if (found === undefined) throw new Error(`it ended before "${event}":\n${this.output}`);
    return found;
  }

  /** Asks it to end, as a system that shuts down. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  /** The power goes. Resolves when it is gone: until then it may still write into its folder, and holds its profile. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}
