import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { JsonObject } from "../event.ts";
import { FailureError, invalid, type Result, valueOf } from "../failure.ts";

// The pinned messages of a room: one state event that lists all of them (spec: m.room.pinned_events). Whoever pins
// writes the whole list, so it is read from the server right before: what others pinned meanwhile stays.

const PINNED = "m.room.pinned_events";
/** What fits an event together with what servers add (SIZE-01): ids of 255 bytes would not, ours are 44. */
const MOST_BYTES = 60_000;

export interface PinsDeps {
  readonly fetchState: (at: StateAt) => Promise<Result<JsonObject | null>>;
  readonly putState: (put: StateAt & { readonly content: JsonObject }) => Promise<Result<unknown>>;
}

interface StateAt {
  readonly roomId: RoomId;
  readonly type: string;
  readonly stateKey: string;
}

export interface Pins {
  /** Pins or unpins a message. Nothing is sent where it is so already. */
  set(params: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
    readonly isPinned: boolean;
  }): Promise<void>;
}

export function createPins({ fetchState, putState }: PinsDeps): Pins {
  /** One at a time in each room: two that read the same list would undo each other. */
  const lanes = new Map<RoomId, Promise<void>>();

  async function write(roomId: RoomId, eventId: EventId, isPinned: boolean): Promise<void> {
    const at = { roomId, type: PINNED, stateKey: "" };
    const current = valueOf(await fetchState(at)) ?? {};
    const content = withPin(current, eventId, isPinned);
    if (content === null) return;
    if (Buffer.byteLength(JSON.stringify(content)) > MOST_BYTES)
      throw new FailureError(invalid("too many pinned messages"));
    valueOf(await putState({ ...at, content }));
  }

  return {
    set({ roomId, eventId, isPinned }) {
      const before = lanes.get(roomId) ?? Promise.resolve();
      const mine = before.catch(() => undefined).then(() => write(roomId, eventId, isPinned));
      lanes.set(roomId, mine);
      const done = (): void => {
        if (lanes.get(roomId) === mine) lanes.delete(roomId);
      };
      mine.then(done, done);
      return mine;
    },
  };
}

/** The content with the message pinned last, or not at all; null when it is so already. Pure. */
export function withPin(content: JsonObject, eventId: EventId, isPinned: boolean): JsonObject | null {
  const all: readonly unknown[] = Array.isArray(content["pinned"]) ? content["pinned"] : [];
  if (all.includes(eventId) === isPinned) return null;
  const others = all.filter((one) => one !== eventId);
  return { ...content, pinned: isPinned ? [...others, eventId] : others };
}
