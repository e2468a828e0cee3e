import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import type {
  EventItem,
  Quote,
  Reader,
  Sender,
  ThreadSummary,
  TimelineItem,
} from "../../../preload/contract/models/timeline.ts";
import type { EditRow, ReactionRow, StoredRow, VoteRow } from "../store/queries/timeline.ts";
import type { ThreadCount } from "../store/queries/threads.ts";
import { answeredBy, eventItem, validEdit } from "./event-item.ts";
import { Days, Ids, Marker } from "./item-order.ts";
import { localItem, type LocalRelation, type LocalRow } from "./local-item.ts";
import { pendingRelations, type PendingRelations } from "./pending.ts";
import { ballotIn, noVotes, withBallot } from "./poll.ts";
import { quoteOf, type Quotes } from "./quote.ts";
import { threadSummary, waitingInThreads, type ThreadFacts, type ThreadsNow } from "./threads.ts";
import { withRelations, type Said } from "./with-relations.ts";

// From what is stored to what is shown: start marker, remote items, local items, always in this order. What was built
// for a row is remembered with its entry, so that building a long list again costs a walk over it and what changed.

/** Somebody's newest receipt. Keep the object while nothing changes: items are compared by it. */
export interface ReadBy {
  readonly reader: Reader;
  /** Ms since the epoch. */
  readonly ts: number;
}

/** A stored row with what belongs to it. Replace the entry when its row or edits change (`anEntry`). */
export interface TimelineEntry {
  readonly row: StoredRow;
  readonly edits: readonly EditRow[];
  /** Oldest first. */
  readonly reactions: readonly ReactionRow[];
  /** Votes and ends, where it is a poll. */
  readonly votes: readonly VoteRow[];
  /** The thread it began, or null. */
  readonly thread: ThreadFacts | null;
  /** Other people whose newest receipt is at this event. */
  readers: readonly ReadBy[];
  /** The builder's. */
  memo: Memo | null;
}

export const nobody: readonly ReadBy[] = [];
export const anEntry = (
  row: StoredRow,
  edits: readonly EditRow[] = [],
  readers: readonly ReadBy[] = nobody,
  reactions: readonly ReactionRow[] = [],
  votes: readonly VoteRow[] = noVotes,
  thread: ThreadFacts | null = null,
): TimelineEntry => ({ row, edits, reactions, votes, thread, readers, memo: null });

export interface TimelineInput {
  /** One contiguous stretch, oldest first. */
  readonly entries: readonly TimelineEntry[];
  /** True when the stretch contains the event. */
  readonly has: (eventId: EventId) => boolean;
  /** There is nothing older than the first entry. */
  readonly isAtStart: boolean;
  readonly local: readonly LocalRow[];
  readonly fullyRead: EventId | null;
  /** Who we are in this room. */
  readonly self: Sender;
  /** What of the room's threads is not read. */
  readonly threadCounts?: ReadonlyMap<EventId, ThreadCount>;
}

export interface ItemBuilderDeps {
  readonly ownUserId: UserId;
  /** Start of the local day of a time, ms since the epoch. */
  readonly dayOf: (ts: number) => number;
  readonly nameOf: (userId: UserId) => string | null;
  readonly mayRedact: (userId: UserId) => boolean;
  readonly mayNotifyRoom: (userId: UserId) => boolean;
  /** Somebody else here has this name (DSP-08). */
  readonly hasNamesake: (userId: UserId, name: string) => boolean;
  readonly cleanHtml: (html: string) => string | null;
  readonly quotes: Quotes;
  /** This row stands in another timeline of the room. */
  readonly isElsewhere?: (row: StoredRow) => boolean;
  /** Within a thread nothing is said of threads: its root heads it. */
  readonly isThread?: boolean;
  /** What waits here stands in this timeline; by default all of it does. */
  readonly isLocalShown?: (local: LocalRow) => boolean;
}

export interface ItemBuilder {
  readonly build: (input: TimelineInput) => readonly TimelineItem[];
  /** True when the entry is shown at all; what it needs to know is remembered for `build`. */
  readonly isShown: (entry: TimelineEntry) => boolean;
}

/** What is known about a row: valid as long as its entry lives. */
interface Memo {
  readonly plain: EventItem | null;
  /** When the edit shown was made. */
  readonly editTs: number | null;
  readonly answers: EventId | null;
  readonly day: number;
  readonly person: Person;
  /** The finished item, and what it was finished with. */
  item: EventItem | null;
  isAmbiguous: boolean;
  readers: readonly ReadBy[];
  reply: Quote | null;
  thread: ThreadSummary | null;
}

/** One name of one person; asked about once per build. */
interface Person {
  isAmbiguous: boolean;
  askedIn: number;
}

const MAX_READERS = 5;

export function createItemBuilder(deps: ItemBuilderDeps): ItemBuilder {
  const people = new Map<string, Person>();
  let builds = 0;

  function memoOf(entry: TimelineEntry): Memo {
    if (entry.memo !== null) return entry.memo;
    const { row, edits, votes } = entry;
    const edit = edits.length === 0 ? null : validEdit(row, edits);
    const plain = deps.isElsewhere?.(row) === true ? null : eventItem(row, edit, deps, votes);
    const day = plain === null ? 0 : deps.dayOf(row.ts);
    const person = personOf(row.sender, plain?.sender.name ?? "");
    const memo: Memo = {
      ...{ plain, day, person, item: null, isAmbiguous: false, readers: nobody, reply: null, thread: null },
      editTs: edit?.ts ?? null,
      answers: plain?.kind === "message" ? answeredBy(row) : null,
    };
    entry.memo = memo;
    return memo;
  }

  function personOf(userId: UserId, name: string): Person {
    const key = `${userId} ${name}`;
    const known = people.get(key) ?? { isAmbiguous: false, askedIn: 0 };
    people.set(key, known);
    return known;
  }

  /** The item with what its surroundings add; the very same object as before when nothing changed. */
  function finished(entry: Shown, readers: readonly ReadBy[], now: Now): EventItem {
    const { memo, plain } = entry;
    const { person } = memo;
    if (person.askedIn !== builds) {
      const { userId, name } = plain.sender;
      person.askedIn = builds;
      // Somebody shown by their id cannot be taken for another.
      person.isAmbiguous = name !== userId && deps.hasNamesake(userId, name);
    }
    const { isAmbiguous } = person;
    const reply = memo.answers === null ? null : deps.quotes.of(memo.answers);
    const thread = threadOf(entry, memo.thread, now);
    const isTouched = isTouchedByUs(entry, now.pending);
    const isFresh =
      memo.isAmbiguous === isAmbiguous &&
      memo.reply === reply &&
      memo.thread === thread &&
      isSame(memo.readers, readers);
    if (memo.item !== null && isFresh && !isTouched) return memo.item;
    const around = withSurroundings(plain, isAmbiguous, readers);
    const item = withRelations(around, saidOf(entry, reply, thread, now.pending), {
      ...deps,
      self: now.self,
    });
    // What we say of it passes: the next look decides anew.
    memo.item = isTouched ? null : item;
    memo.isAmbiguous = isAmbiguous;
    memo.readers = readers;
    memo.reply = reply;
    memo.thread = thread;
    return item;
  }

  /** The summary of the thread it began; the very same object while it says the same. */
  function threadOf({ entry, plain }: Shown, was: ThreadSummary | null, now: Now): ThreadSummary | null {
    if (plain.kind !== "message") return null;
    const { eventId } = entry.row;
    if (entry.thread === null && now.threads.waiting.size === 0) return null;
    const quote = (id: EventId): Quote => deps.quotes.of(id);
    const is = threadSummary(entry.thread, eventId, plain.transactionId, now.threads, quote);
    return was !== null && JSON.stringify(is) === JSON.stringify(was) ? was : is;
  }

  /** What waits here, with what we say of it; what it answers may wait here as well. */
  function finishedLocal(local: LocalRow, now: Now, shown: ReadonlyMap<string, EventItem>): EventItem | null {
    const item = localItem(local, now.self, deps.cleanHtml);
    if (item === null) return null;
    const reply = local.relation?.does === "reply" ? localQuote(local.relation, shown) : null;
    const pending = now.pending.of(local.eventId, local.transactionId);
    const { leaving } = now.pending;
    const thread = threadSummary(null, local.eventId, local.transactionId, now.threads, (id) =>
      deps.quotes.of(id),
    );
    const said: Said = { reply, thread, editTs: null, reactions: [], pending, leaving };
    return withRelations(item, said, { ...deps, self: now.self });
  }

  function localQuote(
    { eventId, transactionId }: LocalRelation,
    shown: ReadonlyMap<string, EventItem>,
  ): Quote | null {
    if (eventId !== null) {
      // Sent, and its echo not here yet: its words are those of the item that waits.
      const own = [...shown.values()].find((item) => item.eventId === eventId);
      return own === undefined ? deps.quotes.of(eventId) : quoteOf(own, eventId, null);
    }
    const waiting = transactionId === null ? undefined : shown.get(transactionId);
    return waiting === undefined ? null : quoteOf(waiting, null, transactionId);
  }

  function build(input: TimelineInput): readonly TimelineItem[] {
    builds += 1;
    const items: TimelineItem[] = input.isAtStart ? [{ id: "start", kind: "start" }] : [];
    const ids = new Ids(input.local);
    const days = new Days(items);
    const marker = new Marker(input.fullyRead);
    // The last item shown is finished when the next one comes: receipts on hidden events in between are its own.
    const now: Now = {
      pending: pendingRelations(input.local),
      self: input.self,
      threads: {
        counts: input.threadCounts ?? noCounts,
        waiting: deps.isThread === true ? nothingWaits : waitingInThreads(input.local),
        quote(row) {
          const item = localItem(row, input.self, deps.cleanHtml);
          return item === null ? null : quoteOf(item, null, row.transactionId);
        },
      },
    };
    let shown: Shown | null = null;
    let shownAt = 0;
    let readers: readonly ReadBy[] = nobody;
    for (const entry of input.entries) {
      const memo = entry.memo ?? memoOf(entry);
      const { plain } = memo;
      if (plain !== null) {
        if (shown !== null) items[shownAt] = ids.unique(finished(shown, readers, now));
        if (memo.day !== days.current) days.begin(memo.day, plain);
        shown = { entry, memo, plain };
        shownAt = items.length;
        readers = entry.readers;
        items.push(plain);
        marker.passed(plain, items.length);
      } else if (entry.readers.length > 0) {
        readers = readers.concat(entry.readers);
      }
      if (entry.row.eventId === input.fullyRead && shown !== null) marker.here(items.length);
    }
    if (shown !== null) items[shownAt] = ids.unique(finished(shown, readers, now));
    const waiting = new Map<string, EventItem>();
    for (const local of input.local) {
      if (deps.isLocalShown?.(local) === false) continue;
      if (ids.isRemote(local.transactionId) || (local.eventId !== null && input.has(local.eventId))) continue;
      const item = finishedLocal(local, now, waiting);
      if (item === null) continue;
      waiting.set(local.transactionId, item);
      const day = deps.dayOf(item.ts);
      if (day !== days.current) days.begin(day, item);
      items.push(item);
    }
    marker.putInto(items);
    showBallots(items, input.local);
    return items;
  }

  return { build, isShown: (entry) => memoOf(entry).plain !== null };
}

/** The row that was shown last while building. */
interface Shown {
  readonly entry: TimelineEntry;
  readonly memo: Memo;
  readonly plain: EventItem;
}

/** What holds for one build. */
interface Now {
  readonly pending: PendingRelations;
  readonly self: Sender;
  readonly threads: ThreadsNow;
}

const nothingWaits: ReadonlyMap<string, readonly LocalRow[]> = new Map();
const noCounts: ReadonlyMap<EventId, ThreadCount> = new Map();
const ownTransaction = ({ plain }: Shown): string | null =>
  plain.kind === "message" ? plain.transactionId : null;

function isTouchedByUs(shown: Shown, pending: PendingRelations): boolean {
  if (pending.isEmpty) return false;
  const { row, reactions } = shown.entry;
  if (pending.of(row.eventId, ownTransaction(shown)) !== null) return true;
  return pending.leaving.size > 0 && reactions.some(({ eventId }) => pending.leaving.has(eventId));
}

function saidOf(
  shown: Shown,
  reply: Quote | null,
  thread: ThreadSummary | null,
  pending: PendingRelations,
): Said {
  const { entry, memo } = shown;
  return {
    reply,
    thread,
    editTs: memo.editTs,
    reactions: entry.reactions,
    pending: pending.of(entry.row.eventId, ownTransaction(shown)),
    leaving: pending.leaving,
  };
}

/** Our votes that are still on their way count already. */
function showBallots(items: TimelineItem[], local: readonly LocalRow[]): void {
  for (const { eventType, content, send } of local) {
    const ballot = send.state === "unsent" ? null : ballotIn(eventType, content);
    if (ballot === null) continue;
    const at = items.findLastIndex((item) => "eventId" in item && item.eventId === ballot.pollId);
    const item = items[at];
    if (item?.kind !== "message" || item.body.type !== "poll") continue;
    const poll = withBallot(item.body.poll, ballot.selections);
    items[at] = { ...item, body: { ...item.body, poll } };
  }
}

function withSurroundings(plain: EventItem, isAmbiguous: boolean, readers: readonly ReadBy[]): EventItem {
  const newestFirst = readers.toSorted((a, b) => b.ts - a.ts).slice(0, MAX_READERS);
  return {
    ...plain,
    sender: isAmbiguous ? { ...plain.sender, isAmbiguous } : plain.sender,
    readBy: newestFirst.map((one) => one.reader),
    readByCount: readers.length,
  };
}

const isSame = (a: readonly ReadBy[], b: readonly ReadBy[]): boolean =>
  a === b || (a.length === b.length && a.every((one, i) => one === b[i]));

export type { LocalRow } from "./local-item.ts";
