/**
 * Lets at most `places` pieces of work run at once; the others wait in the order they came.
 * Work whose signal ends while it waits is not done: then the answer is null.
 */
export function createGate(
  places: number,
): <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T | null> {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (work, signal) => {
    if (free > 0) free -= 1;
    else if (!(await turn(waiting, signal))) return null;
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line; only an unwanted one becomes free.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Waits in line. False when there is nothing to wait for any more. */
function turn(waiting: (() => void)[], signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const go = (): void => {
      signal?.removeEventListener("abort", leave);
      resolve(true);
    };
    const leave = (): void => {
      const at = waiting.indexOf(go);
      if (at < 0) return;
      waiting.splice(at, 1);
      resolve(false);
    };
    if (signal?.aborted === true) return resolve(false);
    signal?.addEventListener("abort", leave, { once: true });
    waiting.push(go);
  });
}
