import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import type { EventItem, Reader, Sender, TimelineItem } from "../../../preload/contract/models/timeline.ts";
import type { EditRow, StoredRow } from "../store/queries/timeline.ts";
import { eventItem, validEdit } from "./event-item.ts";
import { Days, Ids, Marker } from "./item-order.ts";
import { localItem, type LocalRow } from "./local-item.ts";

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
): TimelineEntry => ({ row, edits, readers, memo: null });

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
}

export interface ItemBuilderDeps {
  readonly ownUserId: UserId;
  /** Start of the local day of a time, ms since the epoch. */
  readonly dayOf: (ts: number) => number;
  readonly nameOf: (userId: UserId) => string | null;
  /** Somebody else here has this name (DSP-08). */
  readonly hasNamesake: (userId: UserId, name: string) => boolean;
  readonly cleanHtml: (html: string) => string | null;
}

export interface ItemBuilder {
  readonly build: (input: TimelineInput) => readonly TimelineItem[];
  /** True when the entry is shown at all; what it needs to know is remembered for `build`. */
  readonly isShown: (entry: TimelineEntry) => boolean;
}

/** What is known about a row: valid as long as its entry lives. */
interface Memo {
  readonly plain: EventItem | null;
  readonly day: number;
  readonly person: Person;
  /** The finished item, and what it was finished with. */
  item: EventItem | null;
  isAmbiguous: boolean;
  readers: readonly ReadBy[];
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
    const { row, edits } = entry;
    const plain = eventItem(row, edits.length === 0 ? null : validEdit(row, edits), deps);
    const day = plain === null ? 0 : deps.dayOf(row.ts);
    const person = personOf(row.sender, plain?.sender.name ?? "");
    const memo: Memo = { plain, day, person, item: null, isAmbiguous: false, readers: nobody };
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
  function finished(memo: Memo, plain: EventItem, readers: readonly ReadBy[]): EventItem {
    const { person } = memo;
    if (person.askedIn !== builds) {
      const { userId, name } = plain.sender;
      person.askedIn = builds;
      // Somebody shown by their id cannot be taken for another.
      person.isAmbiguous = name !== userId && deps.hasNamesake(userId, name);
    }
    const { isAmbiguous } = person;
    if (memo.item !== null && memo.isAmbiguous === isAmbiguous && isSame(memo.readers, readers))
      return memo.item;
    memo.item = withSurroundings(plain, isAmbiguous, readers);
    memo.isAmbiguous = isAmbiguous;
    memo.readers = readers;
    return memo.item;
  }

  function build(input: TimelineInput): readonly TimelineItem[] {
    builds += 1;
    const items: TimelineItem[] = input.isAtStart ? [{ id: "start", kind: "start" }] : [];
    const ids = new Ids(input.local);
    const days = new Days(items);
    const marker = new Marker(input.fullyRead);
    // The last item shown is finished when the next one comes: receipts on hidden events in between are its own.
    let shown: Memo | null = null;
    let shownAt = 0;
    let readers: readonly ReadBy[] = nobody;
    for (const entry of input.entries) {
      const memo = entry.memo ?? memoOf(entry);
      const { plain } = memo;
      if (plain !== null) {
        if (shown?.plain) items[shownAt] = ids.unique(finished(shown, shown.plain, readers));
        if (memo.day !== days.current) days.begin(memo.day, plain);
        shown = memo;
        shownAt = items.length;
        readers = entry.readers;
        items.push(plain);
        marker.passed(plain, items.length);
      } else if (entry.readers.length > 0) {
        readers = readers.concat(entry.readers);
      }
      if (entry.row.eventId === input.fullyRead && shown !== null) marker.here(items.length);
    }
    if (shown?.plain) items[shownAt] = ids.unique(finished(shown, shown.plain, readers));
    for (const local of input.local) {
      if (ids.isRemote(local.transactionId) || (local.eventId !== null && input.has(local.eventId))) continue;
      const item = localItem(local, input.self, deps.cleanHtml);
      if (item === null) continue;
      const day = deps.dayOf(item.ts);
      if (day !== days.current) days.begin(day, item);
      items.push(item);
    }
    marker.putInto(items);
    return items;
  }

  return { build, isShown: (entry) => memoOf(entry).plain !== null };
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
