import type { EventId, RoomId, UserId } from "../ids.ts";
import type { RoomPreview } from "./room.ts";

/** A room as its server describes it to those who are not in it. Everything in it is somebody's claim. */
export interface FoundRoom {
  readonly roomId: RoomId;
  /** Plain text; the address or the id where the room has no name. */
  readonly name: string;
  readonly topic: string | null;
  readonly alias: string | null;
  /** Path below the resources base, or null. */
  readonly avatar: string | null;
  readonly memberCount: number;
  /** Null where the server does not say. */
  readonly joinRule: string | null;
  /** Where members of other rooms are let in (`restricted`): are we in one of those? Null where the server does not say. */
  readonly isLetIn: boolean | null;
  readonly isWorldReadable: boolean;
  readonly kind: "room" | "space";
  /** Ours now, as far as we know. */
  readonly membership: "join" | "invite" | "knock" | "leave" | "ban";
  /** Servers that can help to join (ALI-04). */
  readonly via: readonly string[];
}

/** A message of a room that is read from outside. */
export interface PeekedMessage {
  readonly eventId: EventId;
  readonly senderId: UserId;
  /** Plain text, one line; null where the server does not tell. */
  readonly senderName: string | null;
  /** Ms since the epoch. */
  readonly ts: number;
  /** What it is when it is no text: the renderer has the words for it. */
  readonly kind: RoomPreview["kind"];
  /** Plain text with its lines, at most 4000 characters; empty for kinds that have none of their own. */
  readonly text: string;
}

/** What has become of a message that was read from outside. */
export interface PeekedChange {
  readonly eventId: EventId;
  /** Who says so: of an edit its sender's word alone counts. */
  readonly senderId: UserId;
  /** Null: it was deleted. */
  readonly said: Pick<PeekedMessage, "kind" | "text"> | null;
}

export interface PeekedPage {
  /** Oldest first. */
  readonly messages: readonly PeekedMessage[];
  /** Going forward: edits and deletions of earlier ones, in order. */
  readonly changes: readonly PeekedChange[];
  /** Where the page before begins; null at the start, and going forward. */
  readonly older: string | null;
  /** Where what comes after begins; null where the server does not say. */
  readonly newer: string | null;
}

export interface DirectoryPage {
  readonly rooms: readonly FoundRoom[];
  /** How many there are in all, roughly; null where the server does not say. */
  readonly estimate: number | null;
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** One entry of a space, in the space's own order. */
export interface SpaceEntry extends FoundRoom {
  readonly isSuggested: boolean;
}

export interface SpacePage {
  readonly rooms: readonly SpaceEntry[];
  readonly next: string | null;
}

/** A room we are no longer in. */
export interface ArchivedRoom {
  readonly roomId: RoomId;
  readonly name: string;
  readonly avatar: string | null;
  readonly membership: "leave" | "ban";
  readonly directUserId: UserId | null;
  /** Ms since the epoch; 0 when unknown. */
  readonly lastActivityTs: number;
}
