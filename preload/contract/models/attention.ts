import type { EventId, RoomId, UserId } from "../ids.ts";

/** How much of a room notifies. `default` follows the rules for all rooms. */
export type RoomNotifications = "default" | "all" | "mentions" | "mute";

export type RuleKind = "override" | "content" | "room" | "sender" | "underride";

/** One message that counts as unread, and the push rule by which it does. */
export interface UnreadCause {
  readonly eventId: EventId;
  /** Display name, plain text. */
  readonly sender: string;
  /** Ms since the epoch. */
  readonly ts: number;
  /** Plain text, one line; empty for what has no text. */
  readonly text: string;
  readonly isHighlight: boolean;
  readonly isInThread: boolean;
  readonly rule: { readonly kind: RuleKind; readonly ruleId: string; readonly pattern: string | null };
}

/** Why a room shows as unread. */
export interface UnreadExplanation {
  readonly roomId: RoomId;
  readonly unread: number;
  readonly highlight: number;
  readonly isMarkedUnread: boolean;
  /**
   * `here`: counted from messages we have. `server`: messages after what was read are missing here, so the room shows
   * what the server counts.
   */
  readonly countedBy: "here" | "server";
  /** Up to where we have read, ms since the epoch; null when the room was never read. */
  readonly readUpToTs: number | null;
  /** Newest first, at most 50. */
  readonly causes: readonly UnreadCause[];
}

/** The kinds of messages the rules for all rooms speak of. */
export type DefaultNotification =
  "direct-messages" | "group-messages" | "mentions" | "room-mentions" | "invites" | "calls" | "bot-messages";
export type NotificationLevel = "off" | "on" | "sound";

export interface Keyword {
  readonly ruleId: string;
  readonly word: string;
  readonly level: NotificationLevel;
}

/** The account's push rules as the settings show them. The server keeps them; all its clients follow. */
export interface PushSettings {
  /** Nothing notifies at all (.m.rule.master). */
  readonly isAllOff: boolean;
  /** Only those the server has rules for. */
  readonly defaults: readonly { readonly id: DefaultNotification; readonly level: NotificationLevel }[];
  /** In the order in which they are looked through. */
  readonly keywords: readonly Keyword[];
  /** Rooms with a setting of their own. */
  readonly rooms: readonly {
    readonly roomId: RoomId;
    readonly name: string;
    readonly level: RoomNotifications;
  }[];
  /** People who never notify. */
  readonly mutedPeople: readonly UserId[];
}

/** One change of the account's push rules. */
export type PushChange =
  | { readonly change: "all-off"; readonly isOff: boolean }
  | { readonly change: "default"; readonly id: DefaultNotification; readonly level: NotificationLevel }
  | { readonly change: "room"; readonly roomId: RoomId; readonly level: RoomNotifications }
  | { readonly change: "keyword"; readonly word: string; readonly level: NotificationLevel }
  | { readonly change: "remove-keyword"; readonly ruleId: string }
  /** Of two keywords that fit one message, the one that stands first decides. */
  | {
      readonly change: "move-keyword";
      readonly ruleId: string;
      /** The keyword it comes to stand beside. */
      readonly besideRuleId: string;
      readonly side: "before" | "after";
    }
  | { readonly change: "person"; readonly userId: UserId; readonly isMuted: boolean };

/** A person's presence as far as the server tells. */
export interface PresenceView {
  readonly userId: UserId;
  /** `unknown`: the server has not said, or says what we do not know. */
  readonly state: "online" | "idle" | "offline" | "unknown";
  /** When they were last active, ms since the epoch by this machine's clock; null when unknown. */
  readonly lastActiveTs: number | null;
  /** Active at this moment. */
  readonly isActiveNow: boolean;
  /** Plain text, or null. */
  readonly status: string | null;
}
