import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import {
  beforeAll,
  type EditRow,
  type Place,
  type Segment,
  type StoredRow,
  type TimelineQueries,
} from "../store/queries/timeline.ts";
import { PAGE_SIZE, type HistoryView } from "./paginator.ts";
import { WindowReceipts } from "./window-receipts.ts";
import { floorOf } from "./segments.ts";
import type { TouchedRows } from "./touched.ts";

export interface WindowDeps {
  readonly roomId: RoomId;
  readonly ownUserId: UserId;
  readonly queries: TimelineQueries;
  readonly touched: TouchedRows;
  readonly isShown: (row: StoredRow, edits: readonly EditRow[] | undefined) => boolean;
}

/**
 * The rows of a room that are loaded: the newest ones without a hole, as far back as somebody has looked. It reads from
 * disk only what is new to it: what was appended, what was noted as changed, and older rows when asked to grow.
 */
export class RoomWindow implements HistoryView {
  readonly #deps: WindowDeps;
  readonly receipts: WindowReceipts;
  rows: readonly StoredRow[] = [];
  readonly rowById = new Map<EventId, StoredRow>();
  readonly edits = new Map<EventId, readonly EditRow[]>();

  constructor(deps: WindowDeps) {
    this.#deps = deps;
    this.receipts = new WindowReceipts(deps);
  }

  grow(items: number, pageSize = PAGE_SIZE): number {
    let gained = 0;
    while (gained < items) {
      const older = this.#readBefore(pageSize);
      if (older.length === 0) break;
      this.rows = older.concat(this.rows);
      gained += this.#take(older);
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

  /** Brings the window up to date. True when a hole has opened and it had to start anew at the present. */
  refresh(): boolean {
    const { queries, roomId, touched } = this.#deps;
    const noted = touched.take(roomId);
    const newest = this.rows.at(-1);
    const segments = queries.segments.all({ roomId });
    if (newest === undefined || hasHoleAfter(newest, segments)) {
      const wasOpen = newest !== undefined;
      this.#clear();
      return wasOpen;
    }
    const added = queries.rowsAfter.all({ roomId, ...placeOf(newest) });
    if (added.length > 0) {
      this.rows = this.rows.concat(added);
      this.#take(added);
      this.receipts.membersChanged(added);
    }
    this.#readAgain([...noted.events].filter((eventId) => this.rowById.has(eventId)));
    for (const userId of noted.readers) this.receipts.readAgain(userId);
    return false;
  }

  #clear(): void {
    this.rows = [];
    this.rowById.clear();
    this.edits.clear();
    this.receipts.clear();
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
    const oldest = this.rows[0];
    return oldest === undefined ? { ...beforeAll, segment: newest.segment + 1 } : placeOf(oldest);
  }

  /** Indexes new rows and loads what belongs to them; returns how many of them are shown. */
  #take(rows: readonly StoredRow[]): number {
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
    for (const row of rows) this.rowById.set(row.eventId, row);
    for (const [target, edits] of Map.groupBy(queries.editsBetween.all(range), (edit) => edit.target))
      this.edits.set(target, edits);
    this.receipts.take(queries.receiptsBetween.all(range));
    let shown = 0;
    for (const row of rows) if (isShown(row, this.edits.get(row.eventId))) shown += 1;
    return shown;
  }

  #readAgain(changed: readonly EventId[]): void {
    if (changed.length === 0) return;
    const { queries, roomId } = this.#deps;
    for (const eventId of changed) {
      const row = queries.row.get({ roomId, eventId });
      if (row !== undefined) this.rowById.set(eventId, row);
      const edits = queries.editsOf.all({ roomId, eventId });
      if (edits.length > 0) this.edits.set(eventId, edits);
      else this.edits.delete(eventId);
    }
    this.rows = this.rows.map((row) => this.rowById.get(row.eventId) ?? row);
  }
}

const placeOf = (row: Place): Place => ({ segment: row.segment, position: row.position });

const hasHoleAfter = (place: Place, segments: readonly Segment[]): boolean =>
  segments.some((one) => one.segment > place.segment && one.prevBatch !== null);
