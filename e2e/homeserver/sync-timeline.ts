import type { StoredEvent } from "./events.ts";
import type { FaultSubject, FaultTable } from "./faults.ts";
import { allowsEvent, type EventFilter } from "./filters.ts";
import type { Room } from "./room.ts";
import type { Device } from "./users.ts";
import type { CanSee } from "./visibility.ts";

/** Spec default 10; servers cap what they give (Synapse: 100). */
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** The stretch of a room's timeline that one /sync answer shows. */
export interface TimelineSlice {
  events: StoredEvent[];
  limited: boolean;
  /** Index of the first event shown; state is given as of just before it. */
  start: number;
  end: number;
  /** Stream position that prev_batch stands for. */
  prevPosition: number;
}

/** What a slice is cut from. */
export interface SliceQuery {
  room: Room;
  /** Events before this index are known to the client; 0 when it knows none. */
  from: number;
  end: number;
  filter: EventFilter;
  canSee: CanSee;
  /** The client has not been in this room before: a gap lies before whatever it gets. */
  isNew: boolean;
}

/** The newest visible events after `from`, at most the filter's limit. */
export function sliceTimeline(query: SliceQuery, limitOverride?: number): TimelineSlice {
  const { room, from, end, filter, canSee } = query;
  const limit = limitOverride ?? Math.min(filter.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  const events: StoredEvent[] = [];
  let limited = limitOverride !== undefined || query.isNew;
  let index = end - 1;
  for (; index >= from; index -= 1) {
    const event = room.timeline[index] as StoredEvent;
    if (!allowsEvent(filter, event) || !canSee(event)) continue;
    if (events.length === limit) {
      limited = true;
      break;
    }
    events.push(event);
  }
  events.reverse();
  const first = events[0];
  // Without any event shown, the state to give is the state now.
  const start = first?.index ?? end;
  return { events, limited, start, end, prevPosition: positionBefore(room, start) };
}

/** A position between the event at `index` and the one before it. */
export function positionBefore(room: Room, index: number): number {
  const event = room.timeline[index];
  if (event !== undefined) return event.position - 1;
  return room.timeline.at(-1)?.position ?? 0;
}

/** Faults that shape what /sync says of a room; only asked where there is something new. */
export function shapedSlice(
  query: SliceQuery,
  context: { faults: FaultTable; subject: FaultSubject; device: Device; since: number; next: number },
): TimelineSlice {
  const { faults, subject, device, since, next } = context;
  const repeat = device.repeats.get(query.room.id);
  const isDue = repeat !== undefined && since >= repeat.after;
  const fresh = sliceTimeline(query);
  if (fresh.events.length === 0 && !isDue) return fresh;

  const limitedTo = fresh.events.length > 0 ? faults.take("limitedSync", subject) : undefined;
  let slice = limitedTo === undefined ? fresh : sliceTimeline(query, limitedTo);
  if (isDue) {
    if (!slice.limited) slice = sliceTimeline({ ...query, from: repeat.from, isNew: false });
    device.repeats.delete(query.room.id);
  }
  if (slice.events.length > 0 && faults.take("duplicateDelivery", subject) !== undefined) {
    device.repeats.set(query.room.id, { from: slice.start, to: slice.end, after: next });
  }
  if (slice.events.length > 1 && faults.take("changedOrder", subject) !== undefined) {
    slice = { ...slice, events: swapNeighbours(slice.events) };
  }
  return slice;
}

function swapNeighbours(events: readonly StoredEvent[]): StoredEvent[] {
  const swapped = [...events];
  for (let index = swapped.length - 1; index > 0; index -= 2) {
    const [before, after] = [swapped[index - 1], swapped[index]] as [StoredEvent, StoredEvent];
    swapped[index - 1] = after;
    swapped[index] = before;
  }
  return swapped;
}
