import type { ListChange } from "../../../preload/contract/list-change.ts";

// From the list before to the list after, in as few changes as a keyed view needs. Pure.

interface Keyed {
  readonly id: string;
}

/**
 * Changes that, applied in order, make `after` of `before`. Items are the same when they are the same object or equal
 * in everything; an item that keeps its id and its place among the others is replaced, never removed and inserted.
 */
export function diffLists<T extends Keyed>(before: readonly T[], after: readonly T[]): ListChange<T>[] {
  const changes: ListChange<T>[] = [];
  const shared = Math.min(before.length, after.length);
  let start = 0;
  while (start < shared && isSame(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shared - start && isSame(before[before.length - 1 - end], after[after.length - 1 - end]))
    end += 1;
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  if (removed.length > 0 && removed.length === before.length && added.length > 0 && isAllNew(removed, added))
    return [{ op: "reset", items: after }];
  diffMiddle(removed, added, start, changes);
  return changes;
}

function isAllNew<T extends Keyed>(removed: readonly T[], added: readonly T[]): boolean {
  const ids = new Set(removed.map((item) => item.id));
  return added.every((item) => !ids.has(item.id));
}

/** Keeps the longest run of items that are in the same order in both; everything else leaves and comes. */
function diffMiddle<T extends Keyed>(
  removed: readonly T[],
  added: readonly T[],
  offset: number,
  changes: ListChange<T>[],
): void {
  const wasAt = new Map(removed.map((item, i) => [item.id, i]));
  const sources = added.map((item) => wasAt.get(item.id) ?? -1);
  const kept = longestIncreasing(sources);
  // First what leaves, from the end, so that positions before it stay as they were.
  const keptSources = new Set(kept.map((i) => sources[i] as number));
  forRuns(
    removed.length,
    (i) => !keptSources.has(i),
    (at, count) => changes.push({ op: "remove", at: offset + at, count }),
  );
  // Then what comes or changed, from the start.
  const keptTargets = new Set(kept);
  let run: T[] = [];
  const flush = (at: number): void => {
    if (run.length > 0) changes.push({ op: "insert", at: offset + at - run.length, items: run });
    run = [];
  };
  added.forEach((item, i) => {
    if (!keptTargets.has(i)) return void run.push(item);
    flush(i);
    if (!isSame(removed[sources[i] as number], item)) changes.push({ op: "replace", at: offset + i, item });
  });
  flush(added.length);
}

/** Runs of neighbouring positions that satisfy `test`, the last run first. */
function forRuns(
  length: number,
  test: (i: number) => boolean,
  found: (at: number, count: number) => void,
): void {
  let end = length;
  while (end > 0) {
    if (!test(end - 1)) {
      end -= 1;
      continue;
    }
    let at = end - 1;
    while (at > 0 && test(at - 1)) at -= 1;
    found(at, end - at);
    end = at;
  }
}

/** Positions of a longest increasing subsequence of the values that are not −1. */
function longestIncreasing(values: readonly number[]): number[] {
  const tails: number[] = [];
  const previous: number[] = [];
  values.forEach((value, i) => {
    if (value < 0) return;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] as number] as number) < value) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? (tails[low - 1] as number) : -1;
    tails[low] = i;
  });
  const found: number[] = [];
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] ?? -1) found.push(i);
  return found.reverse();
}

/** Equal in everything; items are plain JSON. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}
