import type { RoomId, UserId } from "../ids.ts";
import type { UploadedPicture } from "./attachment.ts";
import type { Failure } from "./failure.ts";
import type { HistoryVisibility } from "./new-room.ts";

/** What one may be allowed to do in a room; the server has the last word. */
export type Permission =
  | "name"
  | "topic"
  | "avatar"
  | "aliases"
  | "join-rule"
  | "history"
  | "guests"
  | "levels"
  | "upgrade"
  | "invite"
  | "kick"
  | "ban"
  | "redact"
  | "children";

/** A level of power; creators of rooms of version 12 and later stand above all numbers. */
export type Level = number | "creator";

/** Whose level is set in the room. */
export interface LeveledPerson {
  readonly userId: UserId;
  readonly name: string;
  readonly level: Level;
}

/** What needs which level: a key of m.room.power_levels, or an event type within its `events`. */
export interface NeededLevel {
  readonly key: string;
  /** `action`: top-level key; `event`: an event type. */
  readonly of: "action" | "event";
  readonly level: number;
}

export interface Widget {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Shown as text, never opened by itself. */
  readonly url: string;
}

export interface ServerAcl {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly allowsIpLiterals: boolean;
}

/** How far the deletion of all messages of somebody has come. */
export interface MassRedaction {
  readonly userId: UserId;
  readonly total: number;
  readonly remaining: number;
  /** Those the server would not delete. */
  readonly refused: number;
}

/** Everything the details panel shows about a room's settings. */
export interface RoomDetails {
  readonly roomId: RoomId;
  readonly kind: "room" | "space";
  readonly membership: "join" | "invite" | "knock" | "leave" | "ban";
  /** As set in the room; empty where it has none. */
  readonly name: string;
  readonly topic: string;
  readonly avatar: string | null;
  readonly canonicalAlias: string | null;
  readonly altAliases: readonly string[];
  /** `public`, `invite`, `knock`, `restricted`, `knock_restricted`, or what we do not know. */
  readonly joinRule: string;
  /** Those that a room of this version can have. */
  readonly possibleJoinRules: readonly JoinRule[];
  /** For restricted rooms: members of these may join. */
  readonly allowedRooms: readonly { readonly roomId: RoomId; readonly name: string }[];
  /** In force; `shared` where the room says nothing (HIS-06). */
  readonly historyVisibility: HistoryVisibility;
  readonly guestsMayJoin: boolean;
  readonly isEncrypted: boolean;
  readonly isFederated: boolean;
  readonly version: string;
  readonly creator: { readonly userId: UserId; readonly name: string } | null;
  /** The room this one continues, servers that may know it, and whether it is one of ours, also one we left. */
  readonly predecessor: {
    readonly roomId: RoomId;
    readonly via: readonly string[];
    readonly isKnown: boolean;
  } | null;
  readonly replacementId: RoomId | null;
  readonly joinedCount: number;
  readonly invitedCount: number;
  readonly ownUserId: UserId;
  readonly ownLevel: Level;
  readonly may: Readonly<Record<Permission, boolean>>;
  readonly usersDefault: number;
  readonly people: readonly LeveledPerson[];
  readonly needs: readonly NeededLevel[];
  readonly serverAcl: ServerAcl | null;
  readonly widgets: readonly Widget[];
  /** Under way or over, by the person whose messages they are. */
  readonly redactions: readonly MassRedaction[];
  /** Rises whenever members or their levels may have changed: pages of the list are to be asked again. */
  readonly membersRevision: number;
  /** Whether all members are known here (lazy loading). */
  readonly members: "partial" | "loading" | "whole" | { readonly failed: Failure };
}

/** One thing to change about a room. */
export type RoomChange =
  | { readonly what: "name"; readonly name: string }
  | { readonly what: "topic"; readonly topic: string }
  | { readonly what: "avatar"; readonly picture: UploadedPicture | null }
  | { readonly what: "join-rule"; readonly rule: JoinRule; readonly allow: readonly RoomId[] }
  | { readonly what: "history"; readonly visibility: HistoryVisibility }
  | { readonly what: "guests"; readonly mayJoin: boolean }
  | { readonly what: "published"; readonly isPublished: boolean }
  | { readonly what: "add-alias"; readonly alias: string }
  | { readonly what: "remove-alias"; readonly alias: string }
  /** The room names it no more; no directory is asked, as it may be another server's or lead nowhere. */
  | { readonly what: "remove-other-alias"; readonly alias: string }
  | { readonly what: "canonical-alias"; readonly alias: string | null }
  | { readonly what: "person-level"; readonly userId: UserId; readonly level: number }
  | {
      readonly what: "needed-level";
      readonly of: "action" | "event";
      readonly key: string;
      readonly level: number;
    };

export type JoinRule = "public" | "invite" | "knock" | "restricted" | "knock_restricted";

/** What only the server knows about a room. */
export interface RoomListing {
  readonly isPublished: boolean;
  /** Addresses of our own server that lead here. */
  readonly aliases: readonly string[];
}

export type MemberGroup = "join" | "invite" | "knock" | "ban";

export interface Member {
  readonly userId: UserId;
  readonly displayName: string | null;
  readonly avatar: string | null;
  readonly level: Level;
  readonly isOwn: boolean;
  /** Ours stands above theirs, and above what the action needs. */
  readonly mayKick: boolean;
  readonly mayBan: boolean;
}

/** Some members in the order of the list: highest level first, then by name. */
export interface MembersPage {
  readonly members: readonly Member[];
  readonly total: number;
}

/** One piece of current state, for developers. */
export interface StateEntry {
  readonly type: string;
  readonly stateKey: string;
  readonly sender: UserId;
  /** JSON, indented. */
  readonly content: string;
}
