import type { EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type {
  EventItem,
  Reader,
  SendState,
  Sender,
  TimelineItem,
} from "../../../preload/contract/models/timeline.ts";
import { stringOf, objectOf, type JsonObject } from "../event.ts";
import type { EditRow, StoredRow } from "../store/queries/timeline.ts";
import { eventItem, validEdit } from "./event-item.ts";
import { messageBody, stickerBody } from "./message-body.ts";

// From what is stored to what is shown: start marker, remote items, local items, always in this order. Pure. What was
// built for a row is remembered with the row, so that building a long list again costs about what changed.

/** Something typed here that is not yet in the timeline. */
export interface LocalRow {
  readonly transactionId: TransactionId;
  readonly eventType: string;
  readonly content: JsonObject;
  readonly send: SendState;
  /** Ms since the epoch. */
  readonly queuedAt: number;
  /** Known once the server has answered. */
  readonly eventId: EventId | null;
}

/** Somebody's newest receipt. Keep the object while nothing changes: items are compared by it. */
export interface ReadBy {
  readonly reader: Reader;
  /** Ms since the epoch. */
  readonly ts: number;
}

export interface TimelineInput {
  /** One contiguous stretch, oldest first. */
  readonly rows: readonly StoredRow[];
  readonly rowById: ReadonlyMap<EventId, StoredRow>;
  /** There is nothing older than the first row. */
  readonly isAtStart: boolean;
  readonly local: readonly LocalRow[];
  /** By the event they edit. Keep the array while nothing changes. */
  readonly edits: ReadonlyMap<EventId, readonly EditRow[]>;
  /** Receipts of other people, by event. */
  readonly readers: ReadonlyMap<EventId, readonly ReadBy[]>;
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
  /** True when the row is shown at all; what it needs to know is remembered for `build`. */
  readonly isShown: (row: StoredRow, edits: readonly EditRow[] | undefined) => boolean;
}

/** What is known about a row: valid as long as its edits are the same. */
interface Memo {
  readonly edits: readonly EditRow[] | undefined;
  readonly plain: EventItem | null;
  readonly day: number;
  item: EventItem | null;
  readers: readonly ReadBy[];
}

const nobody: readonly ReadBy[] = [];
const MAX_READERS = 5;

export function createItemBuilder(deps: ItemBuilderDeps): ItemBuilder {
  const memos = new WeakMap<StoredRow, Memo>();

  function memoOf(row: StoredRow, edits: readonly EditRow[] | undefined): Memo {
    const known = memos.get(row);
    if (known !== undefined && known.edits === edits) return known;
    const edit = edits === undefined ? null : validEdit(row, edits);
    const plain = eventItem(row, edit, deps);
    const day = plain === null ? 0 : deps.dayOf(row.ts);
    const memo: Memo = { edits, plain, day, item: null, readers: nobody };
    memos.set(row, memo);
    return memo;
  }

  function build(input: TimelineInput): readonly TimelineItem[] {
    const namesakes = remembered(deps.hasNamesake);
    const ids = new Ids(input.local);
    const items: TimelineItem[] = input.isAtStart ? [{ id: "start", kind: "start" }] : [];
    const days = new Days(items);
    const marker = new Marker(input.fullyRead);
    // The last item shown, whose receipts are not complete before the next one comes.
    let shown = null as { memo: Memo; at: number; readers: readonly ReadBy[] } | null;
    const finish = (): void => {
      if (shown === null) return;
      const { memo, at, readers } = shown;
      items[at] = ids.unique(finished(memo, readers, namesakes));
    };
    for (const row of input.rows) {
      const memo = memoOf(row, input.edits.get(row.eventId));
      const readers = input.readers.get(row.eventId) ?? nobody;
      if (memo.plain === null) {
        // A receipt on what is not shown stands at what is shown before it.
        if (shown !== null && readers.length > 0)
          shown = { ...shown, readers: shown.readers.concat(readers) };
      } else {
        finish();
        days.before(memo.plain, memo.day);
        shown = { memo, at: items.length, readers };
        items.push(memo.plain);
        marker.passed(memo.plain);
      }
      if (row.eventId === input.fullyRead && shown !== null) marker.here(items.length);
    }
    finish();
    for (const local of input.local) {
      if (ids.isRemote(local.transactionId) || isHere(local, input)) continue;
      const item = localItem(local, input.self, deps.cleanHtml);
      if (item === null) continue;
      days.before(item, deps.dayOf(item.ts));
      items.push(item);
    }
    marker.putInto(items);
    return items;
  }

  return { build, isShown: (row, edits) => memoOf(row, edits).plain !== null };
}

const isHere = (local: LocalRow, input: TimelineInput): boolean =>
  local.eventId !== null && input.rowById.has(local.eventId);

/** The item with what its surroundings add; the very same object as before when nothing changed. */
function finished(
  memo: Memo,
  readers: readonly ReadBy[],
  hasNamesake: (userId: UserId, name: string) => boolean,
): EventItem {
  const plain = memo.plain as EventItem;
  const isAmbiguous = hasNamesake(plain.sender.userId, plain.sender.name);
  const known = memo.item;
  if (known !== null && known.sender.isAmbiguous === isAmbiguous && isSame(memo.readers, readers))
    return known;
  const newestFirst = readers.toSorted((a, b) => b.ts - a.ts).slice(0, MAX_READERS);
  const item: EventItem = {
    ...plain,
    sender: isAmbiguous ? { ...plain.sender, isAmbiguous } : plain.sender,
    readBy: newestFirst.map((one) => one.reader),
    readByCount: readers.length,
  };
  memo.item = item;
  memo.readers = readers;
  return item;
}

const isSame = (a: readonly ReadBy[], b: readonly ReadBy[]): boolean =>
  a === b || (a.length === b.length && a.every((one, i) => one === b[i]));

/** Asks once per person and name. */
function remembered(ask: (userId: UserId, name: string) => boolean) {
  const answers = new Map<UserId, Map<string, boolean>>();
  return (userId: UserId, name: string): boolean => {
    const ofUser = answers.get(userId) ?? new Map<string, boolean>();
    answers.set(userId, ofUser);
    let answer = ofUser.get(name);
    // Somebody shown by their id cannot be taken for another.
    if (answer === undefined) ofUser.set(name, (answer = name !== userId && ask(userId, name)));
    return answer;
  };
}

/** No two items may share an id, whatever a server puts into `transaction_id`. */
class Ids {
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
    const id = item.id === eventId ? (this.#sentAs.get(eventId) ?? eventId) : item.id;
    if (id === eventId) return item;
    const isTaken = this.#remote.has(id);
    this.#remote.add(id);
    if (isTaken) return { ...item, id: eventId };
    return id === item.id ? item : { ...item, id };
  }

  isRemote(transactionId: TransactionId): boolean {
    return this.#remote.has(transactionId);
  }
}

/** One divider before the first item of each local day; where times run backwards a day may come again (SYN-30). */
class Days {
  readonly #items: TimelineItem[];
  readonly #seen = new Set<number>();
  #current: number | null = null;

  constructor(items: TimelineItem[]) {
    this.#items = items;
  }

  before(item: EventItem, day: number): void {
    if (day === this.#current) return;
    this.#current = day;
    const id = this.#seen.has(day) ? `date-${day}-${item.id}` : `date-${day}`;
    this.#seen.add(day);
    this.#items.push({ id, kind: "date", ts: day });
  }
}

/** The line between what was read and what others said since. */
class Marker {
  readonly #fullyRead: EventId | null;
  #at: number | null = null;
  #hasNews = false;

  constructor(fullyRead: EventId | null) {
    this.#fullyRead = fullyRead;
  }

  passed(item: EventItem): void {
    if (this.#at !== null && item.eventId !== this.#fullyRead && !item.sender.isOwn) this.#hasNews = true;
  }

  here(at: number): void {
    this.#at = at;
  }

  putInto(items: TimelineItem[]): void {
    if (this.#at !== null && this.#hasNews)
      items.splice(this.#at, 0, { id: "read-marker", kind: "read-marker" });
  }
}

function localItem(
  local: LocalRow,
  self: Sender,
  cleanHtml: (html: string) => string | null,
): EventItem | null {
  const { content, eventType, transactionId } = local;
  if (objectOf(content, "m.relates_to")["rel_type"] === "m.replace") return null;
  const base = {
    id: transactionId,
    eventId: local.eventId,
    sender: self,
    ts: local.queuedAt,
    readBy: [],
    readByCount: 0,
  };
  const formatted =
    content["format"] === "org.matrix.custom.html" ? stringOf(content, "formatted_body") : null;
  const html = formatted === null ? null : cleanHtml(formatted);
  if (eventType !== "m.room.message" && eventType !== "m.sticker") return null;
  const body = eventType === "m.sticker" ? stickerBody(content) : messageBody(content, html);
  // What the user wrote is never hidden: if it cannot be read, it still shows that it is there, and why.
  const shown = body ?? ({ type: "other", text: "", msgtype: "" } as const);
  return { ...base, kind: "message", body: shown, send: local.send, transactionId };
}
