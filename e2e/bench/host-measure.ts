import type { RunningApp } from "../launch/app.ts";

/** What the host says with DUNLIN_MEASURE=1 each time it has caught up (main/hosts/measure.ts); ms. */
export interface CaughtUp {
  readonly isFirst: boolean;
  /** From the parsed answer until everything is in SQLite and published. */
  readonly applyMs: number | null;
  /** Delays of the event loop beyond its millisecond, meanwhile. */
  readonly applyDelay: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The longest delay from the question on: reading and parsing the answer too. */
  readonly longestDelay: number;
}

/** Waits until the host has caught up for the `nth` time (1: the first) and returns what it measured. */
export async function caughtUp(app: RunningApp, nth = 1, patience = 300_000): Promise<CaughtUp> {
  const deadline = performance.now() + patience;
  for (;;) {
    const lines = app.stderr().match(/^measure \{.*\}$/gm) ?? [];
    const line = lines[nth - 1];
    if (line !== undefined) return JSON.parse(line.slice("measure ".length)) as CaughtUp;
    if (performance.now() > deadline) throw new Error(`the app did not catch up; it said:\n${app.stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
