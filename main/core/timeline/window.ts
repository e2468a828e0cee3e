import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import {
  beforeAll,
  comparePlaces,
  type Place,
  type Segment,
  type StoredRow,
  type TimelineQueries,
} from "../store/queries/timeline.ts";
import { anEntry, nobody, type TimelineEntry } from "./items.ts";
import { PAGE_SIZE, type HistoryView } from "./paginator.ts";
import { WindowReceipts } from "./window-receipts.ts";
import { floorOf } from "./segments.ts";
import type { ThreadQueries } from "../store/queries/threads.ts";
import { loadThreadFacts, type ThreadFacts } from "./threads.ts";
import type { TouchedRows } from "./touched.ts";

export interface WindowDeps {
  readonly roomId: RoomId;
  readonly ownUserId: UserId;
  readonly queries: TimelineQueries;
  readonly threads: ThreadQueries;
  readonly touched: TouchedRows;
  readonly isShown: (entry: TimelineEntry) => boolean;
  /** What is stored of an event has changed, in the window or out of it. */
  readonly onTouched: (eventId: EventId) => void;
}

/**
 * The rows of a room that are loaded: the newest ones without a hole, as far back as somebody has looked. It reads from
 * disk only what is new to it: what was appended, what was noted as changed, and older rows when asked to grow.
 */
export class RoomWindow implements HistoryView {
  readonly #deps: WindowDeps;
  readonly #receipts: WindowReceipts;
  readonly #placeOf = new Map<EventId, Place>();
  #entries: TimelineEntry[] = [];

  constructor(deps: WindowDeps) {
    this.#deps = deps;
    this.#receipts = new WindowReceipts(deps, (eventId, readers) => {
      const entry = this.#entries[this.#indexOf(eventId)];
      if (entry !== undefined) entry.readers = readers;
    });
  }

  /** Oldest first. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  has(eventId: EventId): boolean {
    return this.#placeOf.has(eventId);
  }

  grow(items: number, pageSize = PAGE_SIZE): number {
    let gained = 0;
    while (gained < items) {
      const older = this.#readBefore(pageSize);
      if (older.length === 0) break;
      gained += this.#take(older, (entries) => entries.concat(this.#entries));
    }
    return gained;
  }

  isAtStart(): boolean {
    const { queries, roomId } = this.#deps;
    const segments = queries.segments.all({ roomId });
    const newest = segments.at(-1);
    if (newest === undefined) return false;
    const floor = floorOf(segments, newest.segment);
    if (segments.find((one) => one.segment === floor)?.prevBatch !== null) return false;
    return queries.hasBefore.get({ roomId, floor, ...this.#oldest(newest) }) === undefined;
  }

  /** Brings the window up to date. True when it is empty now: a hole has opened, or nothing was ever here. */
  refresh(): boolean {
    const { queries, roomId, touched } = this.#deps;
    const noted = touched.take(roomId);
    const newest = this.#entries.at(-1)?.row;
    if (newest === undefined || hasHoleAfter(newest, queries.segments.all({ roomId }))) {
      this.#entries = [];
      this.#placeOf.clear();
      this.#receipts.clear();
      return true;
    }
    const added = queries.rowsAfter.all({ roomId, ...placeOf(newest) });
    if (added.length > 0) {
      this.#take(added, (entries) => this.#entries.concat(entries));
      this.#receipts.membersChanged(added);
    }
    for (const eventId of noted.events) {
      this.#readAgain(eventId);
      this.#deps.onTouched(eventId);
      // The root shows its newest reply.
      const root = this.#deps.threads.rootOf.get({ roomId, eventId })?.root;
      if (root !== undefined && !noted.events.has(root)) this.#readAgain(root);
    }
    for (const userId of noted.readers) this.#receipts.readAgain(userId);
    return false;
  }

  #readBefore(limit: number): readonly StoredRow[] {
    const { queries, roomId } = this.#deps;
    const segments = queries.segments.all({ roomId });
    const newest = segments.at(-1);
    if (newest === undefined) return [];
    const floor = floorOf(segments, newest.segment);
    return queries.rowsBefore.all({ roomId, floor, ...this.#oldest(newest), limit }).reverse();
  }

  #oldest(newest: Segment): Place {
    const oldest = this.#entries[0];
    return oldest === undefined ? { ...beforeAll, segment: newest.segment + 1 } : placeOf(oldest.row);
  }

  /** Puts neighbouring new rows into the window with what belongs to them; returns how many of them are shown. */
  #take(rows: readonly StoredRow[], join: (entries: TimelineEntry[]) => TimelineEntry[]): number {
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return 0;
    const { queries, roomId, isShown } = this.#deps;
    const range = {
      roomId,
      fromSegment: first.segment,
      fromPosition: first.position,
      toSegment: last.segment,
      toPosition: last.position,
    };
    const edits = Map.groupBy(queries.editsBetween.all(range), (edit) => edit.target);
    const reactions = Map.groupBy(queries.reactionsBetween.all(range), (reaction) => reaction.target);
    const votes = Map.groupBy(queries.votesBetween.all(range), (vote) => vote.target);
    const roots = new Set(this.#deps.threads.rootsBetween.all(range).map(({ root }) => root));
    const entries = rows.map((row) => {
      const { eventId } = row;
      const thread = roots.has(eventId) || row.raw.includes('"m.thread"') ? this.#threadOf(eventId) : null;
      return anEntry(row, edits.get(eventId), nobody, reactions.get(eventId), votes.get(eventId), thread);
    });
    for (const row of rows) this.#placeOf.set(row.eventId, placeOf(row));
    this.#entries = join(entries);
    this.#receipts.take(queries.receiptsBetween.all(range));
    return entries.filter((entry) => isShown(entry)).length;
  }

  #readAgain(eventId: EventId): void {
    const { queries, roomId } = this.#deps;
    const at = this.#indexOf(eventId);
    const row = at < 0 ? undefined : queries.row.get({ roomId, eventId });
    if (row === undefined) return;
    const readers = this.#entries[at]?.readers ?? nobody;
    const edits = queries.editsOf.all({ roomId, eventId });
    const reactions = queries.reactionsOf.all({ roomId, eventId });
    const votes = queries.votesOf.all({ roomId, eventId });
    this.#entries[at] = anEntry(row, edits, readers, reactions, votes, this.#threadOf(eventId));
  }

  #threadOf(root: EventId): ThreadFacts | null {
    const { threads, roomId, ownUserId } = this.#deps;
    return loadThreadFacts(threads, roomId, root, ownUserId);
  }

  /** By halving: entries are in the order of their places. −1 when the event is not in the window. */
  #indexOf(eventId: EventId): number {
    const place = this.#placeOf.get(eventId);
    if (place === undefined) return -1;
    let low = 0;
    let high = this.#entries.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && comparePlaces(entry.row, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const placeOf = (row: Place): Place => ({ segment: row.segment, position: row.position });

const hasHoleAfter = (place: Place, segments: readonly Segment[]): boolean =>
  segments.some((one) => one.segment > place.segment && one.prevBatch !== null);
