import type { EventId, RoomId } from "../../../preload/contract/ids.ts";

/**
 * After which event the "New" line stands. In a room nobody looks at it follows what was read. A visit freezes it: what
 * was new on coming stays marked as new although it is being read, and what arrives under the reader's eyes is no news.
 */
export class ReadLine {
  #visited: RoomId | null = null;
  /** Frozen at the visit; null while there was nothing new. */
  #after: EventId | null = null;
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

  /** What to build the room's items with. */
  after(roomId: RoomId, fullyRead: EventId | null): EventId | null {
    if (roomId !== this.#visited) return fullyRead;
    return this.#after ?? (this.#isSettled && this.#isLive() ? null : fullyRead);
  }

  /** They are built; `hasLine` when something new stands behind `after`. */
  built(roomId: RoomId, after: EventId | null, hasLine: boolean): void {
    if (roomId !== this.#visited) return;
    this.#isSettled = true;
    if (hasLine) this.#after = after;
  }
}
