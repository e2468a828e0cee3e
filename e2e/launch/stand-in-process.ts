import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../../main/launch/root.mjs";

const hooks = join(root, "main", "hosts", "electron", "testing", "stand-in-hooks.ts");

/** What the process reports (main/hosts/electron/testing/stand-in-wire.ts). */
export interface Report {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Something was asked of a process that has ended, or that ended before it answered. */
export class ProcessGone extends Error {
  override readonly name = "ProcessGone";
}

/** A process with the Electron program under the stand-in module, and the wire to it. */
export class StandInProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { readonly answered: (report: Report) => void; readonly failed: (error: Error) => void }
  >();
  #lastId = 0;
  #said = "";

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
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
    this.onReport((report) => {
      if (report.event === "reply") this.#waiting.get(report["id"] as number)?.answered(report);
    });
    // Later than `exit`, which may come before the last answers are read.
    this.#child.on("disconnect", () => {
      for (const { failed } of this.#waiting.values())
        failed(new ProcessGone("the app ended without an answer"));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }
  get stderr(): string {
    return this.#said;
  }

  onReport(listener: (report: Report) => void): void {
    this.#child.on("message", listener);
  }
  /** Resolves when it ends, however it does. */
  async ended(): Promise<void> {
    if (!this.#hasEnded) await once(this.#child, "exit");
  }

  /** Has the stand-in do something (main/hosts/electron/testing/stand-in-wire.ts). Rejects with `ProcessGone`. */
  async tell(command: { readonly do: string; readonly [field: string]: unknown }): Promise<unknown> {
    const id = ++this.#lastId;
    try {
      const { value, error } = await new Promise<Report>((answered, failed) => {
        this.#waiting.set(id, { answered, failed });
        // One that was killed counts as connected until its exit is noticed; without a callback what cannot be written
        // is an `error` event, which ends the whole test run's worker.
        this.#child.send({ id, command }, (cause) => {
          if (cause) failed(new ProcessGone("the app is not there any more", { cause }));
        });
      });
      if (typeof error === "string") throw new Error(error);
      return value;
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Ends it in order, or kills it; resolves with the exit status. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const exited = this.ended();
    this.#child.kill(signal);
    await exited;
    return this.#child.exitCode;
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
