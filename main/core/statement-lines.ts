import { SLOW_STATEMENT_MS } from "./store/database.ts";
import type { StatementTiming } from "./store/statement-timings.ts";

/** More of them than this say nothing new. */
const MOST_STATEMENTS = 5;

/** What the statements of a database file cost in all, and which of them somebody may have felt, the slowest first. */
export function statementLines(file: string, timings: readonly StatementTiming[]): [string, string][] {
  const count = timings.reduce((sum, timing) => sum + timing.count, 0);
  const total = timings.reduce((sum, timing) => sum + timing.totalMs, 0);
  const slow = timings
    .filter(({ longestMs }) => longestMs > SLOW_STATEMENT_MS)
    .sort((a, b) => b.longestMs - a.longestMs);
  return [
    [`statements of ${file}`, `${count} in ${span(total)}, ${slow.length} slow`],
    ...slow
      .slice(0, MOST_STATEMENTS)
      .map((timing): [string, string] => [
        `slow statement ${timing.name}`,
        `up to ${span(timing.longestMs)}, ${span(timing.totalMs / timing.count)} on average of ${timing.count}`,
      ]),
  ];
}

/** A time as a person reads it. */
export const span = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
