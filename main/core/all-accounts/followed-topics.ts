import type { Topic } from "../../../preload/contract/frames.ts";
import type { Topics } from "../../../preload/contract/topics.ts";
import type { AccountCore, OpenTopic, TopicSources } from "../api.ts";
import { createLiveTopics, type SessionSources, type SessionTopic } from "../live-topics.ts";

/** Topics whose change is their whole new value, also while nobody is signed in. */
type ValueTopic = Exclude<Topic, SessionTopic | "accounts" | "desktop">;
type ValueSources = Pick<TopicSources, ValueTopic>;

interface Watch<T extends ValueTopic> {
  readonly params: Topics[T]["params"];
  readonly emit: (change: Topics[T]["change"]) => void;
  stop: () => void;
}

/** Topics of one account after the other: an open one moves over by itself and is told its new whole value. */
export interface FollowedTopics {
  readonly sources: SessionSources & ValueSources;
  follow(topics: AccountCore["topics"]): void;
}

/** Begins with `first`. */
export function createFollowedTopics(first: AccountCore["topics"]): FollowedTopics {
  const live = createLiveTopics();
  live.attach(first);
  let followed: ValueSources = first;
  const moves: (() => void)[] = [];

  function value<T extends ValueTopic>(topic: T): TopicSources[T] {
    const watches = new Set<Watch<T>>();
    const open = (watch: Watch<T>): Topics[T]["snapshot"] => {
      const opened: OpenTopic<T> = (followed[topic] as TopicSources[T])(watch.params, watch.emit);
      watch.stop = () => opened.stop();
      return opened.snapshot;
    };
    moves.push(() => {
      for (const watch of [...watches]) {
        watch.stop();
        watch.emit(open(watch));
      }
    });
    const source = (params: Topics[T]["params"], emit: Watch<T>["emit"]): OpenTopic<T> => {
      const watch: Watch<T> = { params, emit, stop: () => {} };
      const snapshot = open(watch);
      watches.add(watch);
      return {
        snapshot,
        stop: () => {
          watches.delete(watch);
          watch.stop();
        },
      };
    };
    return source as TopicSources[T];
  }

  const values: ValueSources = {
    session: value("session"),
    connection: value("connection"),
    settings: value("settings"),
    authentication: value("authentication"),
  };
  return {
    sources: { ...live.sources, ...values },
    follow(topics) {
      followed = topics;
      // Whose rooms these are is told before the rooms.
      for (const move of moves) move();
      live.attach(topics);
    },
  };
}
