/** Progress for the person who waits. stdout belongs to machines (`ready …`, `N passed, N failed`), so this is stderr. */
export function say(/** @type {string} */ sentence) {
  process.stderr.write(`dunlin: ${sentence}\n`);
}

/** Seconds since `start` (from `performance.now()`), as people read them: `0.4 s`, `83 s`. */
export function secondsSince(/** @type {number} */ start) {
  const seconds = (performance.now() - start) / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}
