import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { AttentionQueries, PositionRow } from "../store/queries/attention.ts";
import { beforeAll, compareEvents, comparePlaces, type Place } from "../store/queries/timeline.ts";

// Up to where we have read: the furthest of our receipts (public and private, of all our devices), our own messages and
// what was read here. A position never moves back, so what is read stays read. Positions are kept per thread as receipts
// are: '' for the whole room (unthreaded), 'main' for the main timeline, else a thread's root.

export const WHOLE_ROOM = "";
export const MAIN = "main";

/** Up to where a room is read, as places. */
export interface ReadUpTo {
  /** Everything up to here is read, threads included; null where that is unknown or nothing. */
  readonly whole: Place | null;
  /** The main timeline, the whole-room position included. */
  readonly main: Place | null;
  readonly threads: ReadonlyMap<string, Place>;
  /** Events after `main` may be missing here: the counts of the server are better than ours. */
  readonly hasHole: boolean;
  /** The furthest position of the main timeline, for "why is this unread?". */
  readonly last: { readonly eventId: EventId; readonly ts: number } | null;
}

export function readPositions(q: AttentionQueries, ownUserId: UserId) {
  function set(roomId: RoomId, threadId: string, eventId: EventId, ts: number): boolean {
    const old = q.position.get({ roomId, threadId });
    if (old !== undefined && !isNewer(roomId, old, eventId, ts)) return false;
    q.putPosition.run({ roomId, threadId, eventId, ts });
    return true;
  }

  /** By place where both events have one, else by time. */
  function isNewer(roomId: RoomId, old: PositionRow, eventId: EventId, ts: number): boolean {
    if (old.eventId === eventId) return false;
    const order = compareEvents(q, roomId, eventId, old.eventId);
    return order === null ? ts >= old.ts : order > 0;
  }

  function load(roomId: RoomId): ReadUpTo {
    const threads = new Map<string, Place>();
    let main: Found = null;
    let whole: Place | null = null;
    for (const row of q.positions.all({ roomId })) {
      const place =
        row.segment === null || row.position === null
          ? null
          : { segment: row.segment, position: row.position };
      if (row.threadId === WHOLE_ROOM) whole = place;
      if (row.threadId === WHOLE_ROOM || row.threadId === MAIN) main = further(main, { row, place });
      else if (place !== null) threads.set(row.threadId, place);
    }
    const last = main === null ? null : { eventId: main.row.eventId, ts: main.row.ts };
    return { whole, main: main?.place ?? null, threads, last, hasHole: hasHole(roomId, main) };
  }

  function hasHole(roomId: RoomId, main: Found): boolean {
    if (main === null) return q.holeAnywhere.get({ roomId }) !== undefined;
    // An event we do not have: older than all we have, in a gap, or one we could not read. Only the server knows.
    if (main.place === null) return true;
    return q.holeAfter.get({ roomId, segment: main.place.segment }) !== undefined;
  }

  return {
    set,
    load,
    /** The content of `m.receipt`. True when a position of ours moved. */
    applyReceipts(roomId: RoomId, content: JsonObject): boolean {
      let hasMoved = false;
      for (const [eventId, byType] of Object.entries(content)) {
        if (!isObject(byType)) continue;
        for (const type of ["m.read", "m.read.private"]) {
          const receipt = objectOf(byType, type)[ownUserId];
          if (!isObject(receipt)) continue;
          const threadId = stringOf(receipt, "thread_id") ?? WHOLE_ROOM;
          const ts = Math.trunc(numberOf(receipt, "ts") ?? 0);
          if (set(roomId, threadId.slice(0, 1024), eventId as EventId, ts)) hasMoved = true;
        }
      }
      return hasMoved;
    },
  };
}

type Found = { readonly row: PositionRow; readonly place: Place | null } | null;

function further(a: Found, b: NonNullable<Found>): NonNullable<Found> {
  if (a === null) return b;
  if (a.place !== null && b.place !== null) return comparePlaces(b.place, a.place) > 0 ? b : a;
  return b.row.ts >= a.row.ts ? b : a;
}

/** Is an event at this place of this thread ('' the main timeline) read? */
export function isRead(read: ReadUpTo, place: Place, threadId: string): boolean {
  const isUpTo = (end: Place | null | undefined): boolean =>
    end !== null && end !== undefined && comparePlaces(place, end) <= 0;
  return isUpTo(read.whole) || isUpTo(threadId === "" ? read.main : read.threads.get(threadId));
}

/** From where on stored events may be unread. */
export const scanFrom = (read: ReadUpTo): Place => read.whole ?? beforeAll;
