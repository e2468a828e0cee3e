import type { RoomId, UserId } from "../ids.ts";
import type { UploadedPicture } from "./attachment.ts";
import type { Failure } from "./failure.ts";

export type Preset = "private_chat" | "trusted_private_chat" | "public_chat";
export type HistoryVisibility = "world_readable" | "shared" | "invited" | "joined";

/** What the "New room" dialog asks for (requirements CRT and HIS-01). */
export interface NewRoom {
  readonly kind: "room" | "space";
  /** Empty: no name event is written (CRT-06). */
  readonly name: string;
  readonly topic: string;
  /** Uploaded already; null: none. */
  readonly avatar: UploadedPicture | null;
  /** Always sent: what happens without one is not defined (CRT-16). */
  readonly preset: Preset;
  /** In the published directory; independent of who may join (CRT-03). */
  readonly isPublished: boolean;
  /** The local part only; the server is our own (CRT-04, CRT-05). */
  readonly aliasLocalpart: string | null;
  readonly invite: readonly UserId[];
  readonly historyVisibility: HistoryVisibility;
  /** Null: what the server makes by itself. */
  readonly roomVersion: string | null;
  /** False: people of other servers can never join (`m.federate`). */
  readonly isFederated: boolean;
  /** The space it is put into, or null. */
  readonly parentSpaceId: RoomId | null;
}

/** Somebody who was to be invited to a new room, and why they could not be. */
export interface NotInvited {
  readonly userId: UserId;
  readonly failure: Failure;
}

/** What the server offers for new rooms and whose account this is. */
export interface ServerFacts {
  readonly serverName: string;
  readonly defaultRoomVersion: string;
  /** Versions the server calls stable, oldest first. */
  readonly roomVersions: readonly string[];
}
