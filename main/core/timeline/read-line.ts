import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { comparePlaces, type TimelineQueries } from "../store/queries/timeline.ts";

/**
 * Up to where we have read: `m.fully_read`, or our own receipt where that is further on, as clients that never set the
 * marker leave it behind, or none. Null when nobody has said.
 */
function lastRead(queries: TimelineQueries, roomId: RoomId, ownUserId: UserId): EventId | null {
  const marked = queries.roomFacts.get({ roomId })?.fullyRead ?? null;
  const receipt = queries.receipt.get({ roomId, userId: ownUserId })?.eventId ?? null;
  if (marked === null || receipt === null || marked === receipt) return marked ?? receipt;
  const receiptPlace = queries.place.get({ eventId: receipt });
  if (receiptPlace?.roomId !== roomId) return marked;
  const markedPlace = queries.place.get({ eventId: marked });
  // A marker without a place is older than all that is here.
  const isFurther = markedPlace?.roomId !== roomId || comparePlaces(receiptPlace, markedPlace) > 0;
  return isFurther ? receipt : marked;
}

/** Where what is new begins: behind what was read, or before the message from which on it is marked as unread. */
export interface NewFrom {
  readonly eventId: EventId;
  readonly side: "behind" | "before";
}

export function newFrom(queries: TimelineQueries, roomId: RoomId, ownUserId: UserId): NewFrom | null {
  const marked = queries.roomFacts.get({ roomId })?.unreadFrom ?? null;
  if (marked !== null) return { eventId: marked, side: "before" };
  const eventId = lastRead(queries, roomId, ownUserId);
  return eventId === null ? null : { eventId, side: "behind" };
}

/**
 * The event behind which that is, as far as it is known now: a message that is not here leads to where it is, and once it
 * is here, what stands before it is, too.
 */
export function lastBefore(queries: TimelineQueries, roomId: RoomId, from: NewFrom | null): EventId | null {
  if (from === null || from.side === "behind") return from?.eventId ?? null;
  const place = queries.place.get({ eventId: from.eventId });
  if (place?.roomId !== roomId) return from.eventId;
  return queries.eventBefore.get(place)?.eventId ?? null;
}

/**
 * After which event the "New" line stands. In a room nobody looks at it follows what was read. A visit freezes it: what
 * was new on coming stays marked as new although it is being read, and what arrives under the reader's eyes is no news.
 */
export class ReadLine<T> {
  #visited: RoomId | null = null;
  /** Frozen at the visit; null while there was nothing new. */
  #after: T | null = null;
  #isSettled = false;
  readonly #isLive: () => boolean;

  /** `isLive` is false while we catch up: what comes then was sent while nobody could have seen it. */
  constructor(isLive: () => boolean) {
    this.#isLive = isLive;
  }

  /** Somebody comes to the room, or back to the window. Answers the room that was left. */
  visit(roomId: RoomId): RoomId | null {
    const left = this.#visited;
    this.#visited = roomId;
    this.#after = null;
    this.#isSettled = false;
    return left === roomId ? null : left;
  }

  /** What is new begins elsewhere from now on, also for whoever is there. */
  move(roomId: RoomId): void {
    if (roomId !== this.#visited) return;
    this.#after = null;
    this.#isSettled = false;
  }

  /** What to build the room's items with. */
  after(roomId: RoomId, fullyRead: T | null): T | null {
    if (roomId !== this.#visited) return fullyRead;
    return this.#after ?? (this.#isSettled && this.#isLive() ? null : fullyRead);
  }

  /** They are built; `hasLine` when something new stands behind `after`. */
  built(roomId: RoomId, after: T | null, hasLine: boolean): void {
    if (roomId !== this.#visited) return;
    this.#isSettled = true;
    if (hasLine) this.#after = after;
  }
}
