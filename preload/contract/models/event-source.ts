import type { SendState } from "./timeline.ts";

/** What *View source* shows of a message. */
export interface EventSource {
  /** Indented JSON: the event as the server gave it; while that is not here, what was sent or will be. */
  readonly source: string;
  /** What became of it; null for an event as the server gave it. */
  readonly send: SendState | null;
  /** What is left out because it is known only when it goes: the id of the message it speaks of, the address of its file. */
  readonly missing: readonly ("event-id" | "file")[];
}
