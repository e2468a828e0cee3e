import { changesOf, type Changes } from "./changes.ts";

/**
 * Publishes at once, or all that happens within `together` as one: an event that comes and the queue row that leaves
 * for it are one replacement on the screen (ECHO-06).
 */
export function gatherChanges(publish: (changes: Changes) => void) {
  let waiting: Changes[] | null = null;
  const now = (changes: Changes): void => {
    if (waiting !== null) waiting.push(changes);
    else publish(changes);
  };
  return {
    now,
    together(work: () => void): void {
      waiting = [];
      try {
        work();
      } finally {
        const all = waiting;
        waiting = null;
        publish(all.reduce(merge, changesOf({})));
      }
    },
  };
}

/** Both sets; the first itself where the second adds nothing. */
export const union = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> =>
  b.size === 0 ? a : new Set([...a, ...b]);

const merge = (a: Changes, b: Changes): Changes => ({
  rooms: union(a.rooms, b.rooms),
  timelines: union(a.timelines, b.timelines),
  queues: union(a.queues, b.queues),
});
