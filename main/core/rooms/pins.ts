import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { JsonObject } from "../event.ts";
import { failed, invalid, ok, type Result } from "../failure.ts";
import { pinnedIn } from "../pinned.ts";
import type { RoomQueries } from "../store/queries/rooms.ts";
import { stateContent } from "./row.ts";

// The pinned messages of a room: one state event that lists all of them (spec: m.room.pinned_events). Whoever pins
// writes the whole list, so it is read from the server right before: what others pinned meanwhile stays.

const PINNED = "m.room.pinned_events";
/** What fits an event together with what servers add (SIZE-01): ids of 255 bytes would not, ours are 44. */
const MOST_BYTES = 60_000;
/** Shown at most; a list somebody else made longer is kept as it is. */
const MOST_PINS = 100;

export interface PinRequests {
  readonly fetchState: (at: StateAt) => Promise<Result<JsonObject | null>>;
  readonly putState: (put: StateAt & { readonly content: JsonObject }) => Promise<Result<unknown>>;
}

interface StateAt {
  readonly roomId: RoomId;
  readonly type: string;
  readonly stateKey: string;
}

/** What is pinned in the room, as stored here, the last pinned first. */
export const loadPinned = (queries: RoomQueries, roomId: RoomId): readonly EventId[] =>
  pinnedIn(stateContent(queries, roomId, PINNED))
    .toReversed()
    .slice(0, MOST_PINS);

/**
 * Pins or unpins a message; nothing is sent where it is so already. One at a time in each room: two that read the same
 * list would undo each other.
 */
export async function putPin(
  { fetchState, putState }: PinRequests,
  pinning: { readonly roomId: RoomId; readonly eventId: EventId; readonly isPinned: boolean },
): Promise<Result<unknown>> {
  const at = { roomId: pinning.roomId, type: PINNED, stateKey: "" };
  const current = await fetchState(at);
  if (!current.ok) return current;
  const content = withPin(current.value ?? {}, pinning.eventId, pinning.isPinned);
  if (content === null) return ok(undefined);
  if (Buffer.byteLength(JSON.stringify(content)) > MOST_BYTES)
    return failed(invalid("too many pinned messages"));
  return putState({ ...at, content });
}

/** The content with the message pinned last, or not at all; null when it is so already. Pure. */
function withPin(content: JsonObject, eventId: EventId, isPinned: boolean): JsonObject | null {
  const all: readonly unknown[] = Array.isArray(content["pinned"]) ? content["pinned"] : [];
  if (all.includes(eventId) === isPinned) return null;
  const others = all.filter((one) => one !== eventId);
  return { ...content, pinned: isPinned ? [...others, eventId] : others };
}
