import type { ClientFrame, HostFrame, Topic } from "../../preload/contract/frames.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Topics } from "../../preload/contract/topics.ts";

/** Where the values of one subscription go. */
export interface Sink<T extends Topic> {
  snapshot(value: Topics[T]["snapshot"]): void;
  change(value: Topics[T]["change"]): void;
  /** The core refused the subscription. */
  failed?(failure: Failure): void;
}

interface Subscription {
  readonly topic: Topic;
  readonly params: unknown;
  readonly sink: Sink<Topic>;
  /** Changes with a new link or after a hole, so that late frames of the old one are recognised. */
  id: number;
  /** Number of the last value taken; null until the snapshot is here. */
  seq: number | null;
}

type ValueFrame = HostFrame & { t: "snapshot" | "change" };
type Post = (frame: ClientFrame) => void;

/** The open topics. A hole in the numbers never gets guessed over: it means a new snapshot. */
export class Subscriptions {
  readonly #byId = new Map<number, Subscription>();
  readonly #newId: () => number;
  constructor(newId: () => number) {
    this.#newId = newId;
  }

  open<T extends Topic>(topic: T, params: Topics[T]["params"], sink: Sink<T>, post: Post | null) {
    const subscription: Subscription = { topic, params, sink: sink, id: 0, seq: null };
    this.#start(subscription, post);
    return subscription;
  }

  close(subscription: Subscription, post: Post | null): void {
    if (this.#byId.delete(subscription.id)) post?.({ t: "unsubscribe", id: subscription.id });
  }

  take(frame: ValueFrame, post: Post): void {
    const subscription = this.#byId.get(frame.id);
    if (subscription === undefined) return;
    if (frame.t === "snapshot") {
      subscription.seq = frame.seq;
      subscription.sink.snapshot(frame.value as never);
    } else if (subscription.seq !== null && frame.seq === subscription.seq + 1) {
      subscription.seq = frame.seq;
      subscription.sink.change(frame.value as never);
    } else {
      this.close(subscription, post);
      this.#start(subscription, post);
    }
  }

  fail(id: number, failure: Failure): void {
    const subscription = this.#byId.get(id);
    if (subscription === undefined) return;
    this.#byId.delete(id);
    subscription.sink.failed?.(failure);
  }

  /** A new link knows nothing of the old one's subscriptions. */
  reopenAll(post: Post): void {
    const all = [...this.#byId.values()];
    this.#byId.clear();
    for (const subscription of all) this.#start(subscription, post);
  }

  #start(subscription: Subscription, post: Post | null): void {
    subscription.id = this.#newId();
    subscription.seq = null;
    this.#byId.set(subscription.id, subscription);
    const { id, topic, params } = subscription;
    post?.({ t: "subscribe", id, topic, params });
  }
}
