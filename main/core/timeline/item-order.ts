import type { EventId, TransactionId } from "../../../preload/contract/ids.ts";
import type { EventItem, TimelineItem } from "../../../preload/contract/models/timeline.ts";
import type { LocalRow } from "./local-item.ts";

// What is kept in mind while a list of items is built from top to bottom.

/** No two items may share an id, whatever a server puts into `transaction_id`. */
export class Ids {
  readonly #remote = new Set<string>();
  readonly #sentAs = new Map<EventId, TransactionId>();

  constructor(local: readonly LocalRow[]) {
    for (const { eventId, transactionId } of local)
      if (eventId !== null) this.#sentAs.set(eventId, transactionId);
  }

  /** The echo keeps the id of its local row, also where the server left out the transaction id. */
  unique(item: EventItem): EventItem {
    const { eventId } = item;
    if (eventId === null) return item;
    const hasOwnId = item.id !== eventId;
    if (!hasOwnId && this.#sentAs.size === 0) return item;
    const id = hasOwnId ? item.id : (this.#sentAs.get(eventId) ?? eventId);
    if (id === eventId) return item;
    const isTaken = this.#remote.has(id);
    this.#remote.add(id);
    if (isTaken) return { ...item, id: eventId };
    return hasOwnId ? item : { ...item, id };
  }

  isRemote(transactionId: TransactionId): boolean {
    return this.#remote.has(transactionId);
  }
}

/** One divider before the first item of each local day; where times run backwards a day may come again (SYN-30). */
export class Days {
  readonly #items: TimelineItem[];
  readonly #seen = new Set<number>();
  current: number | null = null;

  constructor(items: TimelineItem[]) {
    this.#items = items;
  }

  /** The day of `item` is another than that of the item before it. */
  begin(day: number, item: EventItem): void {
    this.current = day;
    const id = this.#seen.has(day) ? `date-${day}-${item.id}` : `date-${day}`;
    this.#seen.add(day);
    this.#items.push({ id, kind: "date", ts: day });
  }
}

/** The line between what was read and what others said since. */
export class Marker {
  readonly #fullyRead: EventId | null;
  #at: number | null = null;
  #hasNews = false;

  constructor(fullyRead: EventId | null) {
    this.#fullyRead = fullyRead;
  }

  /** `end`: the position after the item. */
  passed(item: EventItem, end: number): void {
    if (this.#at === null || this.#hasNews || item.eventId === this.#fullyRead) return;
    // Who has written since has read until there: nobody sends receipts for words of their own (FBK-02).
    if (item.sender.isOwn) this.#at = end;
    else this.#hasNews = true;
  }

  /** The last event read is, or stands behind, the item before this position. */
  here(at: number): void {
    this.#at = at;
  }

  putInto(items: TimelineItem[]): void {
    if (this.#at === null || !this.#hasNews) return;
    // A day that begins with the news stands above the line: what is new is right below it.
    const at = items[this.#at]?.kind === "date" ? this.#at + 1 : this.#at;
    items.splice(at, 0, { id: "read-marker", kind: "read-marker" });
  }
}
