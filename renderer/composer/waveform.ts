// How loud a voice message is over time (MSC1767: whole numbers, 0…1024). Pure.

const MOST_BARS = 100;
const FULL = 1024;

/** Root mean square of samples from −1 to 1, stretched so that a voice fills the range: 0…1. */
export function loudness(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2;
  const level = samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
  return Math.min(1, level * 4);
}

/** Many measurements (0…1) as at most 100 bars: each the loudest of its stretch. */
export function bars(measured: readonly number[]): number[] {
  const count = Math.min(MOST_BARS, measured.length);
  const step = measured.length / Math.max(1, count);
  return Array.from({ length: count }, (_, at) => {
    const stretch = measured.slice(
      Math.floor(at * step),
      Math.max(Math.floor(at * step) + 1, Math.floor((at + 1) * step)),
    );
    return Math.round(Math.min(1, Math.max(0, ...stretch)) * FULL);
  });
}
