import type { Topic } from "../../preload/contract/frames.ts";
import type { SearchView } from "../../preload/contract/models/search.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import type { OpenTopic, TopicSources } from "./api.ts";
import { toFailure } from "./failure.ts";
import { createMovableTopic } from "./movable-topic.ts";

/** The topics that live only while somebody is signed in. */
export type SessionTopic =
  | "roomList"
  | "room"
  | "timeline"
  | "threads"
  | "pins"
  | "stickers"
  | "quote"
  | "search"
  | "roomMedia"
  | "history"
  | "exports"
  | "outbox"
  | "notices"
  | "destination"
  | "pushSettings"
  | "presence"
  | "calls"
  | "roomDetails"
  | "spaces"
  | "boundaries";
export type SessionSources = Pick<TopicSources, SessionTopic>;

export interface LiveTopics {
  readonly sources: SessionSources;
  /**
   * From now on these sources are watched; null: nobody is signed in and everything is empty. Every open subscription
   * moves over by itself and is told its new whole value, so the renderer never notices that a session began, ended,
   * or that a damaged cache was replaced under it.
   */
  attach(sources: SessionSources | null): void;
}

interface TopicShape<T extends Topic> {
  /** What the topic shows when nobody is signed in. */
  readonly empty: (params: Topics[T]["params"]) => Topics[T]["snapshot"];
  /** The change that says: this is the whole value now. */
  readonly whole: (snapshot: Topics[T]["snapshot"]) => Topics[T]["change"];
}

type Shapes = { readonly [T in SessionTopic]: TopicShape<T> };

const noSearch: SearchView = {
  results: [],
  here: "done",
  server: { state: "off", reason: "no-words" },
  indexed: 1,
  misunderstood: [],
};

const shapes: Shapes = {
  roomList: { empty: () => [], whole: (items) => [{ op: "reset", items }] },
  search: { empty: () => noSearch, whole: (view) => view },
  exports: { empty: () => ({ asksForFolder: false, canShow: false, job: null }), whole: (view) => view },
  roomMedia: { empty: () => ({ entries: [], older: "exhausted" }), whole: (view) => view },
  history: { empty: () => ({ isPaused: false, jobs: [] }), whole: (view) => view },
  outbox: { empty: () => [], whole: (items) => [{ op: "reset", items }] },
  notices: { empty: () => [], whole: (notices) => notices },
  destination: { empty: () => null, whole: (destination) => destination },
  pushSettings: {
    empty: () => ({ isAllOff: false, defaults: [], keywords: [], rooms: [], mutedPeople: [] }),
    whole: (settings) => settings,
  },
  presence: {
    empty: ({ userId }) => ({
      userId,
      state: "unknown",
      lastActiveTs: null,
      isActiveNow: false,
      status: null,
    }),
    whole: (presence) => presence,
  },
  calls: { empty: () => ({ calls: [], media: [], isDriver: false }), whole: (view) => view },
  timeline: {
    empty: ({ roomId, focus }) => ({
      roomId,
      items: [],
      older: "idle",
      ...(focus === undefined ? {} : { newer: "idle", focus: { state: "loading" } }),
    }),
    whole: ({ roomId: _same, items, ...rest }) => ({ items: [{ op: "reset", items }], ...rest }),
  },
  threads: { empty: () => ({ threads: [], more: "idle" }), whole: (view) => view },
  pins: { empty: () => ({ unsent: [], pins: [] }), whole: (view) => view },
  stickers: { empty: ({ roomId }) => ({ roomId, packs: [] }), whole: (view) => view },
  quote: {
    empty: ({ target }) => ({ ...target, state: "loading", sender: null, kind: "text", text: "" }),
    whole: (quote) => quote,
  },
  room: {
    empty: ({ roomId }) => ({
      roomId,
      name: "",
      topic: null,
      avatar: null,
      membership: "leave",
      memberCount: 0,
      isEncrypted: false,
      directUserId: null,
      invite: null,
      composerBlock: "not-joined",
      mayDeleteOthers: false,
      mayPin: false,
      pinned: [],
      pinnedUnsent: [],
      pinRefused: null,
      callBlock: "not-joined",
      canMentionRoom: false,
      typing: [],
      draft: null,
      attachments: [],
      threads: { unread: 0, highlight: 0 },
      replacementRoomId: null,
    }),
    whole: (view) => view,
  },
  roomDetails: { empty: () => null, whole: (details) => details },
  spaces: { empty: () => [], whole: (spaces) => spaces },
  boundaries: { empty: () => ({ ignored: [], areInvitesBlocked: false }), whole: (boundaries) => boundaries },
};

export function createLiveTopics(): LiveTopics {
  let attached: SessionSources | null = null;
  const moves: (() => void)[] = [];

  function live<T extends SessionTopic>(topic: T): TopicSources[T] {
    const shape: TopicShape<T> = shapes[topic];
    const nobody = (params: Topics[T]["params"]): OpenTopic<T> => ({
      snapshot: shape.empty(params),
      stop: () => {},
    });
    const { source, move } = createMovableTopic<T>((params, emit) => {
      if (attached === null) return nobody(params);
      try {
        return (attached[topic] as TopicSources[T])(params, emit);
      } catch (error) {
        // A damaged cache is being replaced at this moment, and the watch moves over to the new one.
        if (toFailure(error).problem !== "damaged") throw error;
        return nobody(params);
      }
    }, shape.whole);
    moves.push(move);
    return source;
  }

  return {
    sources: {
      roomList: live("roomList"),
      room: live("room"),
      timeline: live("timeline"),
      threads: live("threads"),
      pins: live("pins"),
      stickers: live("stickers"),
      quote: live("quote"),
      search: live("search"),
      roomMedia: live("roomMedia"),
      history: live("history"),
      exports: live("exports"),
      outbox: live("outbox"),
      notices: live("notices"),
      destination: live("destination"),
      pushSettings: live("pushSettings"),
      presence: live("presence"),
      calls: live("calls"),
      roomDetails: live("roomDetails"),
      spaces: live("spaces"),
      boundaries: live("boundaries"),
    },
    attach(sources) {
      attached = sources;
      for (const move of moves) move();
    },
  };
}
