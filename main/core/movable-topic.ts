import type { Topic } from "../../preload/contract/frames.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import type { OpenTopic, TopicSources } from "./api.ts";

interface Watch<T extends Topic> {
  readonly params: Topics[T]["params"];
  readonly emit: (change: Topics[T]["change"]) => void;
  stop: () => void;
}

/** A topic whose subscriptions go on when what they look at is exchanged. */
export interface MovableTopic<T extends Topic> {
  readonly source: TopicSources[T];
  /** Opens every subscription anew and tells it its new whole value. */
  readonly move: () => void;
}

/** `open` looks at what is there now; `whole` makes the change that says: this is the whole value now. */
export function createMovableTopic<T extends Topic>(
  open: (params: Topics[T]["params"], emit: Watch<T>["emit"]) => OpenTopic<T>,
  whole: (snapshot: Topics[T]["snapshot"]) => Topics[T]["change"],
): MovableTopic<T> {
  const watches = new Set<Watch<T>>();
  const nothing = (): void => {};
  function begin(watch: Watch<T>): Topics[T]["snapshot"] {
    watch.stop = nothing;
    const opened = open(watch.params, watch.emit);
    watch.stop = () => opened.stop();
    return opened.snapshot;
  }
  const source = (params: Topics[T]["params"], emit: Watch<T>["emit"]): OpenTopic<T> => {
    const watch: Watch<T> = { params, emit, stop: nothing };
    const snapshot = begin(watch);
    watches.add(watch);
    return {
      snapshot,
      stop: () => {
        watches.delete(watch);
        watch.stop();
      },
    };
  };
  return {
    source: source as TopicSources[T],
    move() {
      for (const watch of [...watches]) {
        watch.stop();
        watch.emit(whole(begin(watch)));
      }
    },
  };
}
