import { createSubscriber } from "svelte/reactivity";

/** The time, ms since the epoch, read anew four times a second while something shows it. */
class Now {
  #value = $state.raw(Date.now());
  readonly #watch = createSubscriber(() => {
    this.#value = Date.now();
    const timer = setInterval(() => (this.#value = Date.now()), 250);
    return () => clearInterval(timer);
  });

  get value(): number {
    this.#watch();
    return this.#value;
  }
}

export const now = new Now();
