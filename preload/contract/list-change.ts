/** A change of an ordered list. Applied in order; positions refer to the list as it is at that moment. */
export type ListChange<T> =
  | { readonly op: "insert"; readonly at: number; readonly items: readonly T[] }
  | { readonly op: "remove"; readonly at: number; readonly count: number }
  | { readonly op: "replace"; readonly at: number; readonly item: T }
  | { readonly op: "reset"; readonly items: readonly T[] };

/** The list after `changes`. The given list is not touched. */
export function applyListChanges<T>(list: readonly T[], changes: readonly ListChange<T>[]): readonly T[] {
  if (changes.length === 0) return list;
  let next = list.slice();
  for (const change of changes) {
    switch (change.op) {
      case "insert":
        // splice(…items) overflows the stack for very long lists; a prepended page is the common case.
        next = next.slice(0, change.at).concat(change.items, next.slice(change.at));
        break;
      case "remove":
        next.splice(change.at, change.count);
        break;
      case "replace":
        next[change.at] = change.item;
        break;
      case "reset":
        next = change.items.slice();
        break;
    }
  }
  return next;
}
