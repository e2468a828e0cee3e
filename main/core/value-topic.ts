import { Emitter } from "../lib/emitter.ts";

/** One value and who watches it. Setting what it is already changes nothing and tells nobody (SYN-04). */
export interface ValueTopic<T> {
  current(): T;
  set(next: T): void;
  /** Returns the function that stops watching. */
  watch(emit: (value: T) => void): () => void;
}

/** `isSame`: where values are long and cheaper to compare than by all they say. */
export function createValueTopic<T>(
  first: T,
  isSame: (a: T, b: T) => boolean = (a, b) => JSON.stringify(a) === JSON.stringify(b),
): ValueTopic<T> {
  let current = first;
  const watchers = new Emitter<T>();
  return {
    current: () => current,
    set(next) {
      if (isSame(next, current)) return;
      current = next;
      watchers.emit(next);
    },
    watch: (emit) => watchers.on(emit),
  };
}

/** Whether two lists hold the same objects. */
export const areSameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, at) => item === b[at]);
