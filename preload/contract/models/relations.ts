import type { EventId, UserId } from "../ids.ts";
import type { KeyPicture, MessageBody } from "./timeline.ts";

/** What a message said at one time. */
export interface Version {
  readonly eventId: EventId;
  /** Ms since the epoch. */
  readonly ts: number;
  readonly body: MessageBody;
}

export interface EditHistory {
  /** Oldest first: the first words, then each edit. */
  readonly versions: readonly Version[];
  /** False when the server could not be asked for edits that are not stored here. */
  readonly isComplete: boolean;
}

/** One person's reaction. */
export interface Reactor {
  readonly key: string;
  readonly picture: KeyPicture | null;
  readonly userId: UserId;
  readonly name: string;
  /** Ms since the epoch. */
  readonly ts: number;
}
