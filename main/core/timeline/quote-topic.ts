import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Quote } from "../../../preload/contract/models/timeline.ts";
import type { OpenTopic } from "../api.ts";
import type { Changes } from "../changes.ts";
import { cleanHtml } from "../clean-html.ts";
import { objectOf } from "../event.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import { senderOf } from "./event-item.ts";
import { localItem, type LocalRow } from "./local-item.ts";
import { pendingRelations } from "./pending.ts";
import { quoteOf, type Quotes } from "./quote.ts";

// What became of the messages that somebody is answering or editing right now: their words as they are at this moment,
// so that deleted ones leave the composer with everything else (RED-02).

export interface QuoteTopicDeps {
  readonly store: Pick<Store, "cache">;
  readonly ownUserId: UserId;
  readonly localRows: (roomId: RoomId) => readonly LocalRow[];
  /** The event that the message is, or became; null while it is not sent. */
  readonly eventOf: (roomId: RoomId, target: MessageTarget) => EventId | null;
  /** The transaction id that a waiting message goes under now; by default its own. */
  readonly currentId?: (transactionId: TransactionId) => TransactionId;
  readonly quotesIn: (roomId: RoomId, nameOf: (userId: UserId) => string | null) => Quotes;
}

interface Watched {
  readonly roomId: RoomId;
  readonly target: MessageTarget;
  readonly emit: (quote: Quote) => void;
  quote: Quote;
}

export function createQuoteTopic(deps: QuoteTopicDeps) {
  const { store, ownUserId, localRows, eventOf, quotesIn } = deps;
  const queries = timelineQueries(store.cache);
  const watched = new Set<Watched>();

  function build(roomId: RoomId, target: MessageTarget): Quote {
    const eventId = eventOf(roomId, target);
    const transactionId =
      target.transactionId === null ? null : (deps.currentId?.(target.transactionId) ?? target.transactionId);
    const rows = localRows(roomId);
    const { redaction = null, edit = null } = pendingRelations(rows).of(eventId, transactionId) ?? {};
    if (redaction !== null && redaction.send.state !== "unsent") return gone(eventId, transactionId);
    const nameOf = (userId: UserId): string | null => queries.member.get({ roomId, userId })?.name ?? null;
    const isMeant = (one: LocalRow): boolean =>
      one.transactionId === transactionId || (eventId !== null && one.eventId === eventId);
    const row = rows.find(isMeant);
    const stored = eventId === null ? undefined : queries.storedRow.get({ roomId, eventId });
    // Sent, and its echo not here yet: it is shown from its row.
    if (row !== undefined && stored === undefined) {
      const self = queries.member.get({ roomId, userId: ownUserId });
      const sender = senderOf(ownUserId, self?.name ?? null, self?.avatarMxc ?? null, ownUserId);
      const content = edit === null ? row.content : objectOf(edit.content, "m.new_content");
      const item = localItem({ ...row, content }, sender, cleanHtml);
      return item === null ? gone(eventId, transactionId) : quoteOf(item, eventId, transactionId);
    }
    // Neither an event nor waiting: it was deleted before it went out.
    return eventId === null ? gone(eventId, transactionId) : quotesIn(roomId, nameOf).of(eventId);
  }

  function refresh(isTouched: (roomId: RoomId) => boolean): void {
    for (const one of [...watched]) {
      if (!isTouched(one.roomId)) continue;
      const quote = build(one.roomId, one.target);
      if (JSON.stringify(quote) === JSON.stringify(one.quote)) continue;
      one.quote = quote;
      one.emit(quote);
    }
  }

  return {
    /** As it is now. */
    of: build,
    open(roomId: RoomId, target: MessageTarget, emit: (quote: Quote) => void): OpenTopic<"quote"> {
      const one: Watched = { roomId, target, emit, quote: build(roomId, target) };
      watched.add(one);
      return { snapshot: one.quote, stop: () => void watched.delete(one) };
    },
    /** After each commit. */
    changed: ({ rooms, timelines, queues }: Changes): void =>
      refresh((roomId) => rooms.has(roomId) || timelines.has(roomId) || queues.has(roomId)),
    /** What was asked for in this room will not come. */
    missed: (missedIn: RoomId): void => refresh((roomId) => roomId === missedIn),
    /** There is a connection again. */
    wake: (): void => refresh(() => true),
  };
}

const gone = (eventId: Quote["eventId"], transactionId: Quote["transactionId"]): Quote => ({
  ...{ eventId, transactionId, state: "redacted", sender: null, kind: "text", text: "" },
});
