import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { PinsView } from "../../preload/contract/models/pins.ts";
import type { Quote } from "../../preload/contract/models/timeline.ts";
import type { AppState } from "../state/app.svelte.ts";

/** One line of what is pinned. */
export interface PinEntry {
  /** Null while it is not sent; then `transactionId` names it. */
  readonly eventId: EventId | null;
  readonly transactionId: TransactionId | null;
  readonly quote: Quote;
  /** The root of the thread it stands in, where only its row knows that; else null. */
  readonly thread: MessageTarget | null;
  /** When it was sent, ms since the epoch; null when it is not known here, or not sent. */
  readonly ts: number | null;
}

/** Shows its message in the room, or in its thread beside. */
export function showPin(
  app: Pick<AppState, "openEvent" | "openUnsent">,
  roomId: RoomId,
  pin: PinEntry,
): void {
  const { eventId, thread, quote } = pin;
  const transactionId = pin.transactionId ?? quote.transactionId;
  if (transactionId !== null && (eventId === null || thread !== null))
    app.openUnsent(roomId, transactionId, thread);
  else if (eventId !== null) app.openEvent(roomId, eventId);
}

/** What is pinned, the last pinned first: what is not sent yet will be pinned last. Pure. */
export const pinEntries = (view: PinsView | null): readonly PinEntry[] => [
  ...(view?.unsent ?? []).map((pin) => ({ ...pin, eventId: null, ts: null })),
  ...(view?.pins ?? []).map((pin) => ({ ...pin, transactionId: null })),
];
