import type { RoomId } from "../../../preload/contract/ids.ts";
import type { Clock } from "../platform.ts";

/** How long others show the notice without another, ms. */
export const TYPING_TIMEOUT_MS = 30_000;
/** The notice is repeated while the user goes on typing, at most this often, ms. */
const REPEAT_AFTER_MS = 20_000;

export interface TypingDeps {
  readonly clock: Clock;
  /** One request; what becomes of it is nobody's concern: a late typing notice would be wrong. */
  readonly put: (notice: {
    readonly roomId: RoomId;
    readonly isTyping: boolean;
    readonly timeoutMs: number;
  }) => Promise<unknown>;
}

export interface Typing {
  set(roomId: RoomId, isTyping: boolean): void;
}

/** What the server was told last, and what it is to be told when the request under way has ended. */
interface Notice {
  isTyping: boolean;
  /** Monotonic, ms. */
  at: number;
  isUnderWay: boolean;
}

/** Typing notices: sent once, never retried. One at a time per room, so that "stopped" cannot overtake "typing". */
export function createTyping({ clock, put }: TypingDeps): Typing {
  const told = new Map<RoomId, Notice>();
  const wanted = new Map<RoomId, boolean>();

  function send(roomId: RoomId, isTyping: boolean): void {
    const before = told.get(roomId);
    if (before?.isUnderWay === true) return void wanted.set(roomId, isTyping);
    const now = clock.monotonic();
    const isNews =
      isTyping !== (before?.isTyping ?? false) || (isTyping && now - (before?.at ?? 0) >= REPEAT_AFTER_MS);
    if (!isNews) return;
    const notice: Notice = { isTyping, at: now, isUnderWay: true };
    told.set(roomId, notice);
    put({ roomId, isTyping, timeoutMs: TYPING_TIMEOUT_MS })
      .catch(() => {})
      .finally(() => {
        notice.isUnderWay = false;
        const next = wanted.get(roomId);
        wanted.delete(roomId);
        if (next !== undefined) send(roomId, next);
        else if (!isTyping) told.delete(roomId);
      });
  }

  return { set: send };
}
