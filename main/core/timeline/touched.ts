import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";

/**
 * Which stored rows changed in rooms somebody looks at, so that an open timeline reads again only those. A note about
 * work that was rolled back costs one read and no more, so this needs no part in transactions.
 */
export class TouchedRows {
  readonly #rooms = new Map<RoomId, { events: Set<EventId>; readers: Set<UserId> }>();
  readonly #followers = new Set<TouchedRows>();

  /** `follower` is told the same; taking from one leaves the other as it is. Answers what ends it. */
  tellAlso(follower: TouchedRows): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  watch(roomId: RoomId): void {
    if (!this.#rooms.has(roomId)) this.#rooms.set(roomId, { events: new Set(), readers: new Set() });
  }

  unwatch(roomId: RoomId): void {
    this.#rooms.delete(roomId);
  }

  note(roomId: RoomId, eventId: EventId): void {
    this.#rooms.get(roomId)?.events.add(eventId);
    for (const follower of this.#followers) follower.note(roomId, eventId);
  }

  noteReader(roomId: RoomId, userId: UserId): void {
    this.#rooms.get(roomId)?.readers.add(userId);
    for (const follower of this.#followers) follower.noteReader(roomId, userId);
  }

  /** What was noted since the last call. */
  take(roomId: RoomId): { events: ReadonlySet<EventId>; readers: ReadonlySet<UserId> } {
    const noted = this.#rooms.get(roomId) ?? { events: new Set(), readers: new Set() };
    if (this.#rooms.has(roomId)) this.#rooms.set(roomId, { events: new Set(), readers: new Set() });
    return noted;
  }
}
