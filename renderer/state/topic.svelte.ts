import { createSubscriber } from "svelte/reactivity";
import type { Topic } from "../../preload/contract/frames.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import type { Door } from "../bridge/connect.ts";

type Snapshot<T extends Topic> = Topics[T]["snapshot"];
type Change<T extends Topic> = Topics[T]["change"];

/**
 * One watched topic. It is open exactly while something reads `value` in an effect, or holds it; the last value stays
 * readable after it closed, so that coming back shows at once what was there and then what is new.
 */
export class WatchedTopic<T extends Topic> {
  #value = $state.raw<Snapshot<T> | null>(null);
  #failure = $state.raw<Failure | null>(null);
  /** A snapshot has come; it may be null itself. */
  #isAnswered = false;
  #holders = 0;
  #close: (() => void) | null = null;
  readonly #watch: () => void;
  readonly #open: () => () => void;

  constructor(
    client: Door,
    topic: T,
    params: Topics[T]["params"],
    apply: (value: Snapshot<T>, change: Change<T>) => Snapshot<T>,
  ) {
    this.#watch = createSubscriber(() => this.hold());
    this.#open = () =>
      client.subscribe(topic, params, {
        snapshot: (value) => {
          this.#failure = null;
          this.#isAnswered = true;
          this.#value = value;
        },
        change: (change) => {
          if (this.#isAnswered) this.#value = apply(this.#value, change);
        },
        failed: (failure) => {
          this.#failure = failure;
        },
      });
  }

  /** Null until the first snapshot. */
  get value(): Snapshot<T> | null {
    this.#watch();
    return this.#value;
  }

  /** Why the core does not serve this topic, or null. */
  get failure(): Failure | null {
    this.#watch();
    return this.#failure;
  }

  /** Keeps the topic open without reading it, until the returned function is called. */
  hold(): () => void {
    if (this.#holders++ === 0) this.#close = this.#open();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#holders > 0) return;
      this.#close?.();
      this.#close = null;
    };
  }
}

/** For topics whose change is the whole new value. */
export const latest = <V>(_value: V, change: V): V => change;
