/** The server's one stream: every visible change takes the next position and wakes waiting syncs. */
export class Stream {
  #position = 1;
  #waiters = new Set<() => void>();
  #isWakeScheduled = false;

  /** Position of the latest change. */
  get position(): number {
    return this.#position;
  }

  /** Takes the next position. Waiters wake after the current synchronous work is done. */
  advance(): number {
    this.#position += 1;
    if (!this.#isWakeScheduled && this.#waiters.size > 0) {
      this.#isWakeScheduled = true;
      setImmediate(() => this.#wake());
    }
    return this.#position;
  }

  #wake(): void {
    this.#isWakeScheduled = false;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Resolves at the next change, after `timeoutMs`, or when the caller has gone away. */
  async changed(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || timeoutMs <= 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiters.add(done);
      signal.addEventListener("abort", done);
    });
  }
}
