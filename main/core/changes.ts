import type { RoomId } from "../../preload/contract/ids.ts";

/**
 * What a committed step has touched: plain data, handed to the topics after the commit (architecture.md, law 3).
 * Topics load again what they show; nothing here carries content.
 */
export interface Changes {
  /** Rooms whose summary or view may have changed. */
  readonly rooms: ReadonlySet<RoomId>;
  /** Rooms whose stored events, profiles, receipts or redactions changed. */
  readonly timelines: ReadonlySet<RoomId>;
  /** Rooms whose send queue changed. */
  readonly queues: ReadonlySet<RoomId>;
}

/** Called once after each commit, synchronously. */
export type Publish = (changes: Changes) => void;

const none: ReadonlySet<RoomId> = new Set();

/** A `Changes` with only the given parts. */
export const changesOf = (parts: Partial<Changes>): Changes => ({
  rooms: parts.rooms ?? none,
  timelines: parts.timelines ?? none,
  queues: parts.queues ?? none,
});
