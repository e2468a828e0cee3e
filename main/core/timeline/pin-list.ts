import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { PinnedMessage, PinsView, UnsentPin } from "../../../preload/contract/models/pins.ts";
import type { Quote } from "../../../preload/contract/models/timeline.ts";
import type { OpenTopic } from "../api.ts";
import type { Changes } from "../changes.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import type { LocalRow } from "./local-item.ts";
import type { Quotes } from "./quote.ts";

// The pinned messages of open rooms, each with its words of now. What is not stored is asked of the server, once, as
// quotes are; what cannot be shown keeps its place, so that it can be taken down.

export interface PinListDeps {
  readonly store: Pick<Store, "cache">;
  /** What is pinned in a room, the last pinned first. */
  readonly pinnedIn: (roomId: RoomId) => readonly EventId[];
  /** Those that are pinned as soon as they are sent, the last pinned last. */
  readonly unsentIn: (roomId: RoomId) => readonly TransactionId[];
  readonly localRows: (roomId: RoomId) => readonly LocalRow[];
  /** The words of a message that may not be sent yet. */
  readonly quoteOf: (roomId: RoomId, target: MessageTarget) => Quote;
  readonly quotesIn: (roomId: RoomId, nameOf: (userId: UserId) => string | null) => Quotes;
}

interface Watched {
  readonly subscribers: Set<(view: PinsView) => void>;
  view: PinsView;
}

export function createPinList(deps: PinListDeps) {
  const { store, pinnedIn, unsentIn, localRows, quoteOf, quotesIn } = deps;
  const queries = timelineQueries(store.cache);
  const watched = new Map<RoomId, Watched>();

  function build(roomId: RoomId): PinsView {
    const nameOf = (userId: UserId): string | null => queries.member.get({ roomId, userId })?.name ?? null;
    // Made anew each time: there are few, and what they say may have changed.
    const quotes = quotesIn(roomId, nameOf);
    const local = localRows(roomId);
    const pins = pinnedIn(roomId).map((eventId): PinnedMessage => {
      const stored = queries.storedRow.get({ roomId, eventId });
      // Sent, and its echo not here yet: what it says and where it stands is in its row.
      const row = stored === undefined ? local.find((one) => one.eventId === eventId) : undefined;
      const quote =
        row === undefined
          ? quotes.of(eventId)
          : quoteOf(roomId, { eventId, transactionId: row.transactionId });
      return { eventId, quote, ts: stored?.ts ?? null, thread: row?.thread ?? null };
    });
    const unsent = unsentIn(roomId)
      .toReversed()
      .map((transactionId): UnsentPin => {
        const row = local.find((one) => one.transactionId === transactionId);
        const quote = quoteOf(roomId, { eventId: null, transactionId });
        return { transactionId, quote, thread: row?.thread ?? null };
      });
    return { unsent, pins };
  }

  function show(roomId: RoomId): void {
    const one = watched.get(roomId);
    if (one === undefined) return;
    const view = build(roomId);
    if (JSON.stringify(view) === JSON.stringify(one.view)) return;
    one.view = view;
    for (const emit of [...one.subscribers]) emit(view);
  }

  return {
    open(roomId: RoomId, emit: (view: PinsView) => void): OpenTopic<"pins"> {
      const one = watched.get(roomId) ?? { subscribers: new Set(), view: build(roomId) };
      watched.set(roomId, one);
      const subscriber = (view: PinsView): void => emit(view);
      one.subscribers.add(subscriber);
      return {
        snapshot: one.view,
        stop() {
          one.subscribers.delete(subscriber);
          if (one.subscribers.size === 0 && watched.get(roomId) === one) watched.delete(roomId);
        },
      };
    },
    /** After each commit. */
    changed({ rooms, timelines, queues }: Pick<Changes, "rooms" | "timelines" | "queues">): void {
      for (const roomId of watched.keys())
        if (rooms.has(roomId) || timelines.has(roomId) || queues.has(roomId)) show(roomId);
    },
    /** What was asked for in this room will not come. */
    missed: show,
    /** There is a connection again. */
    wake: () => [...watched.keys()].forEach(show),
  };
}
