import type { EventId } from "../ids.ts";
import type { Quote } from "./timeline.ts";

/** One pinned message (`m.room.pinned_events`), as it is now. */
export interface PinnedMessage {
  readonly eventId: EventId;
  /** Its words, short; also of what is not stored here, deleted or unknown. */
  readonly quote: Quote;
  /** When it was sent, ms since the epoch; null when it is not known here. */
  readonly ts: number | null;
}

/** The pinned messages of a room, the last pinned first; at most 100. */
export interface PinsView {
  readonly pins: readonly PinnedMessage[];
}
