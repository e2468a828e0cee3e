import type { RoomId, UserId } from "../ids.ts";
import type { RoomSummary } from "./room.ts";

/** Somebody who can be mentioned in a room. */
export interface MentionablePerson {
  readonly userId: UserId;
  /** Plain text; the user id where there is no name (DSP-07). */
  readonly name: string;
  /** Somebody else here has this name (DSP-08). */
  readonly isAmbiguous: boolean;
  readonly avatar: string | null;
}

/** A room that can be mentioned: one with an address. */
export interface MentionableRoom {
  readonly roomId: RoomId;
  readonly alias: string;
  readonly name: string;
  readonly avatar: string | null;
}

/** What a mention of a person or room shows: how it is called now, as far as we know. */
export type Pill =
  | {
      readonly kind: "person";
      readonly userId: UserId;
      readonly name: string;
      readonly avatar: string | null;
      readonly isOwn: boolean;
    }
  | {
      readonly kind: "room";
      readonly roomId: RoomId;
      readonly name: string;
      readonly avatar: string | null;
      readonly membership: RoomSummary["membership"];
    };
