/** Lets at most `places` pieces of work run at once; the others wait in the order they came. */
export function createGate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
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
