import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { ReceiptRow, StoredRow, TimelineQueries } from "../store/queries/timeline.ts";
import { avatarPath, shownName } from "./event-item.ts";
import type { ReadBy } from "./items.ts";

export interface WindowReceiptsDeps {
  readonly roomId: RoomId;
  readonly ownUserId: UserId;
  readonly queries: TimelineQueries;
}

/**
 * Other people's receipts, as far as they are known to a window. Entries and lists keep their identity while nothing
 * changes, which is how the items know that nothing changed.
 */
export class WindowReceipts {
  readonly #deps: WindowReceiptsDeps;
  readonly #placeOf = new Map<UserId, EventId>();
  readonly #byEvent = new Map<EventId, readonly ReadBy[]>();
  readonly #onChange: (eventId: EventId, readers: readonly ReadBy[]) => void;

  /** `onChange` is told who stands at an event whenever that changed. */
  constructor(deps: WindowReceiptsDeps, onChange: (eventId: EventId, readers: readonly ReadBy[]) => void) {
    this.#deps = deps;
    this.#onChange = onChange;
  }

  take(receipts: readonly ReceiptRow[]): void {
    for (const receipt of receipts) this.#put(receipt);
  }

  readAgain(userId: UserId): void {
    const { queries, roomId } = this.#deps;
    const receipt = queries.receipt.get({ roomId, userId });
    if (receipt !== undefined) this.#put(receipt);
  }

  /** Readers show who they are now: their member events bring a new name or avatar. */
  membersChanged(rows: readonly StoredRow[]): void {
    for (const { type, stateKey } of rows) {
      if (type === "m.room.member" && this.#placeOf.has(stateKey as UserId))
        this.readAgain(stateKey as UserId);
    }
  }

  clear(): void {
    this.#placeOf.clear();
    this.#byEvent.clear();
  }

  #put({ userId, eventId, ts }: ReceiptRow): void {
    const { ownUserId, queries, roomId } = this.#deps;
    if (userId === ownUserId) return;
    const was = this.#placeOf.get(userId);
    if (was !== undefined) this.#remove(was, userId);
    const member = queries.member.get({ roomId, userId });
    const name = shownName(member?.name ?? null) ?? userId;
    const reader = { userId, name, avatar: avatarPath(member?.avatarMxc ?? null) };
    this.#set(eventId, [...(this.#byEvent.get(eventId) ?? []), { reader, ts }]);
    this.#placeOf.set(userId, eventId);
  }

  #remove(eventId: EventId, userId: UserId): void {
    this.#set(
      eventId,
      (this.#byEvent.get(eventId) ?? []).filter((one) => one.reader.userId !== userId),
    );
  }

  #set(eventId: EventId, readers: readonly ReadBy[]): void {
    if (readers.length > 0) this.#byEvent.set(eventId, readers);
    else this.#byEvent.delete(eventId);
    this.#onChange(eventId, readers);
  }
}
