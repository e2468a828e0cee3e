import type { EventId, TransactionId } from "../ids.ts";
import type { MessageTarget } from "./message-content.ts";
import type { Quote } from "./timeline.ts";

/** One pinned message (`m.room.pinned_events`), as it is now. */
export interface PinnedMessage {
  readonly eventId: EventId;
  /** Its words, short; also of what is not stored here, deleted or unknown. */
  readonly quote: Quote;
  /** When it was sent, ms since the epoch; null when it is not known here. */
  readonly ts: number | null;
  /** The root of the thread it stands in, while no timeline can be asked for it: its echo is not here. Else null. */
  readonly thread: MessageTarget | null;
}

/** A message of ours that is pinned as soon as it is sent. */
export interface UnsentPin {
  /** The one it goes under now. */
  readonly transactionId: TransactionId;
  readonly quote: Quote;
  /** The root of the thread it stands in; null for none. */
  readonly thread: MessageTarget | null;
}

/** The pinned messages of a room, the last pinned first; at most 100. */
export interface PinsView {
  /** Not sent yet, the last pinned first. */
  readonly unsent: readonly UnsentPin[];
  readonly pins: readonly PinnedMessage[];
}
