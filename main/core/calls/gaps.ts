import type { RoomId } from "../../../preload/contract/ids.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import { retryDelay, type Result } from "../failure.ts";
import type { Clock, Random } from "../platform.ts";
import { MAX_LIFETIME_MS } from "./limits.ts";

// A limited response hides events. Words and pictures can wait until somebody reads the room; an invite, an answer or a
// hangup in the hole cannot, so the newest call events of it are fetched at once.

/** Call events of the newest part of a gap, newest first, unchecked. */
export type GapRequest = (request: {
  readonly roomId: RoomId;
  readonly from: string;
  readonly signal: AbortSignal;
}) => Promise<Result<readonly unknown[]>>;

const ATTEMPTS = 4;

export interface Gaps {
  /** A hole before something of this age may hold an invite that still rings. */
  isFresh(ageMs: number): boolean;
  fill(roomId: RoomId, from: string): void;
  stop(): void;
}

export function createGaps(deps: {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: GapRequest;
  readonly take: (roomId: RoomId, events: readonly MatrixEvent[]) => void;
}): Gaps {
  const { clock, random } = deps;
  const stopping = new AbortController();

  async function fill(roomId: RoomId, from: string): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const result = await deps.fetch({ roomId, from, signal: stopping.signal });
      if (stopping.signal.aborted) return;
      if (result.ok) {
        const events = result.value.map(parseEvent).filter((event) => event !== null);
        return deps.take(roomId, events.reverse());
      }
      const delay = retryDelay(result.failure, attempt, random.fraction());
      if (delay === null) return;
      await new Promise<void>((resolve) => void clock.after(delay, resolve));
    }
  }

  return {
    isFresh: (ageMs) => ageMs < MAX_LIFETIME_MS,
    fill: (roomId, from) => void fill(roomId, from),
    stop: () => stopping.abort(),
  };
}
