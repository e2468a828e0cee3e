import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import { failed, invalid, ok, type Result } from "../failure.ts";
import { pinnedIn } from "../pinned.ts";
import type { RoomQueries } from "../store/queries/rooms.ts";
import { stateContent } from "./row.ts";

// The pinned messages of a room: one state event that lists all of them (spec: m.room.pinned_events). Whoever pins
// writes the whole list, so it is read from the server right before: what others pinned meanwhile stays. What somebody
// wrote between our reading and our writing is seen by what our event replaced, and is written into the list again.

const PINNED = "m.room.pinned_events";
/** What fits an event together with what servers add (SIZE-01): ids of 255 bytes would not, ours are 44. */
const MOST_BYTES = 60_000;
/** Shown at most; a list somebody else made longer is kept as it is. */
const MOST_PINS = 100;
/** Times the list is written for one message: in a room where everybody pins at once the rest is theirs. */
const MOST_WRITES = 4;

export interface PinRequests {
  readonly fetchState: (at: StateAt) => Promise<Result<JsonObject | null>>;
  readonly putState: (
    put: StateAt & { readonly content: JsonObject },
  ) => Promise<Result<{ readonly eventId: EventId }>>;
  readonly fetchEvent: (at: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
  }) => Promise<Result<JsonObject>>;
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
  requests: PinRequests,
  pinning: { readonly roomId: RoomId; readonly eventId: EventId; readonly isPinned: boolean },
): Promise<Result<unknown>> {
  const at = { roomId: pinning.roomId, type: PINNED, stateKey: "" };
  const current = await requests.fetchState(at);
  if (!current.ok) return current;
  let before = current.value ?? {};
  let content = withPin(before, pinning.eventId, pinning.isPinned);
  for (let writes = 0; content !== null && writes < MOST_WRITES; writes++) {
    if (Buffer.byteLength(JSON.stringify(content)) > MOST_BYTES)
      // Ours stands already where this is not the first: it is they who find no room.
      return writes > 0 ? ok(undefined) : failed(invalid("too many pinned messages"));
    const put = await requests.putState({ ...at, content });
    if (!put.ok) return put;
    const replaced = await contentReplacedBy(requests, { roomId: pinning.roomId, ...put.value });
    const next = replaced === null ? null : merged(content, before, replaced);
    before = content;
    content = next;
  }
  return ok(undefined);
}

/**
 * What stood when the server took a state event: `prev_content`, or the content of the event that `replaces_state` names
 * (spec: UnsignedData). Null where it does not say, or cannot be asked: then nothing is known to be lost.
 */
async function contentReplacedBy(
  { fetchEvent }: PinRequests,
  at: { readonly roomId: RoomId; readonly eventId: EventId },
): Promise<JsonObject | null> {
  const event = await fetchEvent(at);
  const unsigned = event.ok ? objectOf(event.value, "unsigned") : {};
  if (isObject(unsigned["prev_content"])) return unsigned["prev_content"];
  const replaced = stringOf(unsigned, "replaces_state");
  if (replaced === null) return null;
  const earlier = await fetchEvent({ ...at, eventId: replaced as EventId });
  return earlier.ok && isObject(earlier.value["content"]) ? earlier.value["content"] : null;
}

/**
 * What others made of `before` while we made `ours` of it, as one: theirs, and what they pinned and took down done to our
 * list too. Null when our list says all of that already. Pure.
 */
function merged(ours: JsonObject, before: JsonObject, theirs: JsonObject): JsonObject | null {
  const [mine, base, other] = [entriesOf(ours), entriesOf(before), entriesOf(theirs)];
  const taken = new Set(base.filter((one) => !other.includes(one)));
  const put = other.filter((one) => !base.includes(one) && !mine.includes(one));
  const pinned = [...mine.filter((one) => !taken.has(one)), ...put];
  const isSame = pinned.length === mine.length && pinned.every((one, i) => one === mine[i]);
  return isSame ? null : { ...theirs, pinned };
}

const entriesOf = (content: JsonObject): readonly unknown[] =>
  Array.isArray(content["pinned"]) ? content["pinned"] : [];

/** The content with the message pinned last, or not at all; null when it is so already. Pure. */
function withPin(content: JsonObject, eventId: EventId, isPinned: boolean): JsonObject | null {
  const all = entriesOf(content);
  if (all.includes(eventId) === isPinned) return null;
  const others = all.filter((one) => one !== eventId);
  return { ...content, pinned: isPinned ? [...others, eventId] : others };
}
