import type { RoomId, UserId } from "../ids.ts";

export interface Person {
  readonly userId: UserId;
  /** Plain text; null when they have none. */
  readonly displayName: string | null;
  /** Path below the resources base, or null. */
  readonly avatar: string | null;
}

/** What the profile card of somebody says. */
export interface PersonCard extends Person {
  readonly isOwn: boolean;
  readonly isIgnored: boolean;
  /** The chat we have with them, or null. */
  readonly directRoomId: RoomId | null;
  /** Rooms both are in, as far as we know, at most 50. */
  readonly sharedRooms: readonly { readonly roomId: RoomId; readonly name: string }[];
  readonly sharedCount: number;
}

/** Whom we do not hear, and who may not come to us. The account's, kept by the server for all its clients. */
export interface Boundaries {
  /** Everybody we ignore, by id; also those we share no room with. */
  readonly ignored: readonly Person[];
  /** The server turns down all invitations (spec v1.18, m.invite_permission_config). */
  readonly areInvitesBlocked: boolean;
}
