import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { parseEvent, type JsonObject, type MatrixEvent } from "../event.ts";
import type { Failure, Result } from "../failure.ts";

// Single events that something refers to and that are not stored: asked of the server, few at a time. It never tries
// again by itself; what failed for want of a connection is asked again when somebody wants it after `retry`.

/** Requests at the same time: quotes are no hurry. */
const AT_ONCE = 2;
/** Wanted at most, of all rooms: beyond it, the oldest wishes are nobody's any more. */
const MOST_WANTED = 200;

export type FetchEvent = (request: {
  readonly roomId: RoomId;
  readonly eventId: EventId;
}) => Promise<Result<JsonObject>>;

export interface MissingEventsDeps {
  readonly fetchEvent: FetchEvent;
  /** The event is here; to be stored and published. */
  readonly onFound: (roomId: RoomId, event: MatrixEvent) => void;
  /** It will not come. */
  readonly onMissing: (roomId: RoomId) => void;
  readonly onUnauthorized: (failure: Failure) => void;
}

export interface MissingEvents {
  /** Asks for the event unless it is being asked for, or known not to be there. */
  want(roomId: RoomId, eventId: EventId): "loading" | "missing";
  /** There is a connection again. */
  retry(): void;
  stop(): void;
}

export function createMissingEvents(deps: MissingEventsDeps): MissingEvents {
  const wanted = new Map<EventId, RoomId>();
  const asking = new Set<EventId>();
  /** True: for ever. False: until there is a connection again. */
  const missing = new Map<EventId, boolean>();
  let isStopped = false;

  function pump(): void {
    for (const [eventId, roomId] of wanted) {
      if (isStopped || asking.size >= AT_ONCE) return;
      wanted.delete(eventId);
      asking.add(eventId);
      void ask(roomId, eventId);
    }
  }

  async function ask(roomId: RoomId, eventId: EventId): Promise<void> {
    const answer = await deps.fetchEvent({ roomId, eventId });
    asking.delete(eventId);
    if (isStopped) return;
    const event = answer.ok ? parseEvent(answer.value) : null;
    // A server that answers with another event, or one of another room, has not answered.
    const isIt = event?.eventId === eventId && isOf(roomId, event);
    if (isIt) deps.onFound(roomId, event);
    else {
      missing.set(eventId, answer.ok || answer.failure.kind === "rejected");
      if (!answer.ok && answer.failure.kind === "unauthorized") deps.onUnauthorized(answer.failure);
      deps.onMissing(roomId);
    }
    pump();
  }

  return {
    want(roomId, eventId) {
      if (missing.has(eventId)) return "missing";
      if (asking.has(eventId) || wanted.has(eventId)) return "loading";
      const oldest = wanted.keys().next();
      if (wanted.size >= MOST_WANTED && oldest.done !== true) wanted.delete(oldest.value);
      wanted.set(eventId, roomId);
      // Not before the caller has built what it is building.
      queueMicrotask(pump);
      return "loading";
    },
    retry() {
      for (const [eventId, isForEver] of missing) if (!isForEver) missing.delete(eventId);
    },
    stop() {
      isStopped = true;
      wanted.clear();
    },
  };
}

const isOf = (roomId: RoomId, { raw }: MatrixEvent): boolean =>
  raw["room_id"] === undefined || raw["room_id"] === roomId;
