import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { FailureError, type Result } from "../failure.ts";

interface EventAt {
  readonly eventId: EventId;
  /** Ms since the epoch. */
  readonly ts: number;
}
type FetchEventAt = (request: {
  readonly roomId: RoomId;
  readonly ts: number;
  readonly direction: "backward" | "forward";
}) => Promise<Result<EventAt>>;

/**
 * The first event at or after a time, else the last one before it. The server knows the whole room; where it does not
 * answer, or does not know the question, what is stored here does. Throws a FailureError when neither has any.
 */
export function createDateJump(
  fetchEventAt: FetchEventAt,
  storedAt: (roomId: RoomId, ts: number) => EventAt | null,
) {
  return async ({ roomId, ts }: { readonly roomId: RoomId; readonly ts: number }): Promise<EventAt> => {
    const forward = await fetchEventAt({ roomId, ts, direction: "forward" });
    if (forward.ok) return forward.value;
    // Nothing is that new: then the newest.
    const isPast = forward.failure.errcode === "M_NOT_FOUND";
    const backward = isPast ? await fetchEventAt({ roomId, ts, direction: "backward" }) : forward;
    if (backward.ok) return backward.value;
    const stored = storedAt(roomId, ts);
    if (stored === null) throw new FailureError(backward.failure);
    return stored;
  };
}
