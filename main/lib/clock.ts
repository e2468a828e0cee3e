/** The machine's own time. The only file of the product that asks for it; everything else is handed a clock. */
export const systemClock = {
  /** Milliseconds since the epoch. */
  now: (): number => Date.now(),
  /** Milliseconds that never go back. */
  monotonic: (): number => performance.now(),
  /** Calls `run` once after `ms` (0…2^31-1; more is cut to that). Returns the function that cancels it. */
  after(ms: number, run: () => void): () => void {
    // A longer delay would overflow Node's timer and fire at once.
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), 2_147_483_647));
    return () => clearTimeout(timer);
  },
  /** Resolves after other pending work of the event loop had its turn. */
  breath: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
};
