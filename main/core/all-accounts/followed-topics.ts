import type { Topic } from "../../../preload/contract/frames.ts";
import type { AccountCore, TopicSources } from "../api.ts";
import { createLiveTopics, type SessionSources, type SessionTopic } from "../live-topics.ts";
import { createMovableTopic } from "../movable-topic.ts";

/** Topics whose change is their whole new value, also while nobody is signed in. */
type ValueTopic = Exclude<Topic, SessionTopic | "accounts" | "desktop">;
type ValueSources = Pick<TopicSources, ValueTopic>;

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
    const { source, move } = createMovableTopic<T>(
      (params, emit) => (followed[topic] as TopicSources[T])(params, emit),
      (snapshot) => snapshot,
    );
    moves.push(move);
    return source;
  }

  const values: ValueSources = {
    session: value("session"),
    connection: value("connection"),
    settings: value("settings"),
    authentication: value("authentication"),
    downloads: value("downloads"),
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
