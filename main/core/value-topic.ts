import { Emitter } from "../lib/emitter.ts";

/** One value and who watches it. Setting what it is already changes nothing and tells nobody (SYN-04). */
export interface ValueTopic<T> {
  current(): T;
  set(next: T): void;
  /** Returns the function that stops watching. */
  watch(emit: (value: T) => void): () => void;
}

export function createValueTopic<T>(first: T): ValueTopic<T> {
  let current = first;
  const watchers = new Emitter<T>();
  return {
    current: () => current,
    set(next) {
      if (JSON.stringify(next) === JSON.stringify(current)) return;
      current = next;
      watchers.emit(next);
    },
    watch: (emit) => watchers.on(emit),
  };
}
