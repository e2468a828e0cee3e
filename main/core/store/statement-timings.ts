/** How a statement has done since the start; times in ms. */
export interface StatementTiming {
  readonly name: string;
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
}

/** What the statements of one database cost. A few dozen names, so nothing of it grows. */
export class StatementTimings {
  readonly #byName = new Map<string, { count: number; totalMs: number; longestMs: number }>();

  note(name: string, ms: number): void {
    const timing = this.#byName.get(name);
    if (timing === undefined) return void this.#byName.set(name, { count: 1, totalMs: ms, longestMs: ms });
    timing.count += 1;
    timing.totalMs += ms;
    if (ms > timing.longestMs) timing.longestMs = ms;
  }

  /** The one that has once taken longest first. */
  slowest(): readonly StatementTiming[] {
    return [...this.#byName]
      .map(([name, timing]) => ({ name, ...timing }))
      .sort((a, b) => b.longestMs - a.longestMs);
  }
}
