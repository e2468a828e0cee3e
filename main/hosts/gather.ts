import type { Topic } from "../../preload/contract/frames.ts";
import type { ListChange } from "../../preload/contract/list-change.ts";
import type { TimelineChange, Topics } from "../../preload/contract/topics.ts";

type Change<T extends Topic> = Topics[T]["change"];
/** At least one thing. */
export type Gathered<C> = readonly [C, ...C[]];

/**
 * One change that says what several of the same subscription said, in order. Pure. Topics whose change is the whole new
 * value keep the last one; lists keep every step, because positions refer to the list as it is at that moment.
 */
export const gather: { readonly [T in Topic]: (changes: Gathered<Change<T>>) => Change<T> } = {
  accounts: last,
  session: last,
  authentication: last,
  connection: last,
  settings: last,
  roomList: (changes) => steps(changes),
  room: last,
  timeline: gatherTimeline,
  threads: last,
  pins: last,
  stickers: last,
  quote: last,
  outbox: (changes) => steps(changes),
  notices: last,
  destination: last,
  pushSettings: last,
  presence: last,
  calls: last,
  roomDetails: last,
  spaces: last,
  boundaries: last,
  search: last,
  desktop: last,
  history: last,
  downloads: last,
  roomMedia: last,
  exports: last,
};

function last<C>(changes: Gathered<C>): C {
  return changes[changes.length - 1] ?? changes[0];
}

/** What came before a reset does not matter any more: the reset carries the whole list. */
function steps<T>(changes: readonly (readonly ListChange<T>[])[]): readonly ListChange<T>[] {
  const all = changes.flat();
  const reset = all.findLastIndex((change) => change.op === "reset");
  return reset > 0 ? all.slice(reset) : all;
}

function gatherTimeline(changes: Gathered<TimelineChange>): TimelineChange {
  const items = steps(changes.map((change) => change.items));
  // Of everything else the last word counts.
  return { ...changes.reduce<Partial<TimelineChange>>((all, change) => ({ ...all, ...change }), {}), items };
}
