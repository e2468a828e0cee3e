import type { EventId, UserId } from "../ids.ts";
import type { MessageBody, PageState } from "./timeline.ts";

/** What of a room is listed: pictures and films, files, addresses in messages, sound. */
export const ROOM_MEDIA_KINDS = ["pictures", "files", "links", "voice"] as const;
export type RoomMediaKind = (typeof ROOM_MEDIA_KINDS)[number];

export interface RoomMediaEntry {
  readonly eventId: EventId;
  readonly sender: {
    readonly userId: UserId;
    /** As they were called then, or the id. */
    readonly name: string;
    readonly isOwn: boolean;
  };
  /** Ms since the epoch, as the sender says. */
  readonly ts: number;
  /** As its newest edit has it. */
  readonly body: MessageBody;
}

export interface RoomMediaView {
  /** Newest first. */
  readonly entries: readonly RoomMediaEntry[];
  /** What is older: here, and where there is none here, on the server. */
  readonly older: PageState;
}
