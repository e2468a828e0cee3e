import { app, dialog } from "electron";
import type { LogWriter } from "../../lib/log-writer.ts";

export interface EndingOptions {
  readonly log: LogWriter;
  /** Closes all that lives in this process; what is being written is written when it resolves. */
  readonly close: () => Promise<void>;
}

/** The one way the app ends: first what it is doing, then the app, then whatever was asked for after it. */
export class Ending {
  readonly #options: EndingOptions;
  #state: "running" | "closing" | "closed" = "running";
  #hasFault = false;
  /** The last thing that happens. */
  #goodbye = (): void => app.quit();

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** From now on every way out is this one. */
  watchProcess(): void {
    const { log } = this.#options.log;
    process.on("uncaughtException", (error) => {
      log("error", "uncaught-error", { error });
      this.afterFault();
    });
    process.on("unhandledRejection", (error) => log("error", "unhandled-rejection", { error }));
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => app.quit());
    app.on("before-quit", (event) => this.#beforeQuit(event));
  }

  /** Electron asks, for whatever reason; the second time, when all is closed, it is let go. */
  #beforeQuit(event: { preventDefault(): void }): void {
    if (this.#state === "closed") return;
    event.preventDefault();
    if (this.#state === "closing") return;
    this.#state = "closing";
    const { log, close } = this.#options;
    void close()
      .catch((error: unknown) => log.log("error", "close-failed", { error }))
      .finally(() => {
        this.#state = "closed";
        log.close();
        if (this.#hasFault) app.exit(1);
        else this.#goodbye();
      });
  }

  /** Ends in order; `last` takes over from there, and ends the process. */
  endWith(last: () => void): void {
    this.#goodbye = () => {
      // The next one must not find us still here.
      app.releaseSingleInstanceLock();
      last();
    };
    app.quit();
  }

  startAgain(): void {
    this.endWith(() => {
      app.relaunch();
      app.quit();
    });
  }

  afterFault(): void {
    if (this.#hasFault) return;
    this.#hasFault = true;
    dialog.showErrorBox(
      "Dunlin",
      "Dunlin has to close because of a fault of its own. What you wrote is kept; the log in the profile says more.",
    );
    app.quit();
  }
}
