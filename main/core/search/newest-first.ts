import type { EventId, RoomId } from "../../../preload/contract/ids.ts";

/** Where something found stands in time and in its room. */
export interface Placed {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly ts: number;
  /** In the stored timeline; null where it has no place there. */
  readonly segment: number | null;
  readonly position: number | null;
}

/**
 * Newest first; of one and the same ms as their room has them, the last one first: an album that a bridge sends has one time,
 * and documents of one time are numbered in no order. Pure.
 */
export function newestFirst(a: Placed, b: Placed): number {
  return (
    b.ts - a.ts ||
    compare(a.roomId, b.roomId) ||
    (b.segment ?? -1) - (a.segment ?? -1) ||
    (b.position ?? -1) - (a.position ?? -1) ||
    compare(a.eventId, b.eventId)
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
