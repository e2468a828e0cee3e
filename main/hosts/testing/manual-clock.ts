import type { Clock } from "../../core/platform.ts";

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now = (): number => this.#now;
  monotonic = (): number => this.#now;
  breath = (): Promise<void> => Promise.resolve();

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Runs what falls due in the next `ms`, in order, also what is set meanwhile. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }

  get waiting(): number {
    return this.#timers.length;
  }
}
