import { applyListChanges } from "../../../preload/contract/list-change.ts";
import type { Topic } from "../../../preload/contract/frames.ts";
import type { Topics } from "../../../preload/contract/topics.ts";
import type { AccountCore, OpenTopic, TopicSources } from "../api.ts";

type Change<T extends Topic> = Topics[T]["change"];
type Value<T extends Topic> = Topics[T]["snapshot"];

/** Watches one topic as the renderer does: a snapshot, then every change applied to it. */
export class Recorder<T extends Topic> {
  value: Value<T>;
  /** Every value there was, the snapshot first. */
  readonly values: Value<T>[];
  #taken = 0;
  readonly #changes: Change<T>[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #topic: T;
  readonly #opened: OpenTopic<T>;

  constructor(core: Pick<AccountCore, "topics">, topic: T, params: Topics[T]["params"]) {
    this.#topic = topic;
    const source = (core.topics as TopicSources)[topic] as (
      params: Topics[T]["params"],
      emit: (change: Change<T>) => void,
    ) => OpenTopic<T>;
    this.#opened = source(params, (change) => this.#apply(change));
    this.value = this.#opened.snapshot;
    this.values = [this.value];
  }

  /** All changes since the last `take`. */
  take(): Change<T>[] {
    const fresh = this.#changes.slice(this.#taken);
    this.#taken = this.#changes.length;
    return fresh;
  }

  /** Resolves with the value once it is as wanted; a test that waits in vain is ended by the runner. */
  async until(isWanted: (value: Value<T>) => boolean): Promise<Value<T>> {
    while (!isWanted(this.value)) await new Promise<void>((resolve) => this.#waiters.add(resolve));
    return this.value;
  }

  stop(): void {
    this.#opened.stop();
  }

  #apply(change: Change<T>): void {
    this.#changes.push(change);
    this.value = folded(this.#topic, this.value, change);
    this.values.push(this.value);
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }
}

function folded<T extends Topic>(topic: T, value: Value<T>, change: Change<T>): Value<T> {
  if (topic === "roomList" || topic === "outbox") {
    const list = value as readonly unknown[];
    return applyListChanges(list, change as Parameters<typeof applyListChanges>[1]) as Value<T>;
  }
  if (topic !== "timeline") return change as unknown as Value<T>;
  const view = value as Topics["timeline"]["snapshot"];
  const { items, ...rest } = change as Topics["timeline"]["change"];
  return { ...view, ...rest, items: applyListChanges(view.items, items) };
}
