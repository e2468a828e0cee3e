import type { EventId, RoomId, TransactionId, UserId } from "../ids.ts";
import type { CallBlock } from "./call.ts";
import type { Failure } from "./failure.ts";
import type { MessageTarget } from "./message-content.ts";
import type { CallOutcome, Quote } from "./timeline.ts";
import type { DraftAttachment } from "./attachment.ts";

/** A tag of the user's own (spec: Room Tagging): behind `u.` stands what it is called, plain text in one line. */
export type OwnTag = `u.${string}`;

/** The part of the list a room is shown in, in this order (design.md, Frame); own tags by name. */
export type RoomSection = "invites" | "favourites" | OwnTag | "people" | "rooms" | "low-priority";

export interface RoomPreview {
  /** Who said it (display name), or null where it goes without saying: a direct chat, a thing nobody says. */
  readonly sender: string | null;
  /** We said it: shown as "You". */
  readonly isOwn: boolean;
  /** What it is when it is no text: the renderer has the words for it. */
  readonly kind:
    | "text"
    | "emote"
    | "image"
    | "video"
    | "audio"
    | "file"
    | "sticker"
    | "location"
    | "poll"
    | "redacted"
    | "encrypted"
    | "state"
    | "call"
    | "other";
  /** Plain text, one line, at most 200 characters. Empty for kinds that have no text of their own. */
  readonly text: string;
  /** `call` only: "Call · 3 min". */
  readonly call?: {
    readonly isVideo: boolean;
    readonly outcome: CallOutcome;
    readonly durationMs: number | null;
  };
}

/** One row of the room list. */
export interface RoomSummary {
  readonly roomId: RoomId;
  /** Computed name (spec: Calculating the display name for a room). Plain text. */
  readonly name: string;
  /** Path below the resources base, or null. */
  readonly avatar: string | null;
  readonly section: RoomSection;
  /** Where the user has put it within its section, at any client: 0 first, 1 last; absent: nowhere, behind those. */
  readonly place?: number;
  readonly membership: "join" | "invite" | "knock" | "leave" | "ban";
  /** Set for a direct chat: the other person, for colour and presence. */
  readonly directUserId: UserId | null;
  readonly preview: RoomPreview | null;
  /** Time of the last thing worth sorting by, ms since the epoch; 0 when unknown. */
  readonly lastActivityTs: number;
  readonly unread: number;
  readonly highlight: number;
  /** The user marked it as unread by hand. */
  readonly isMarkedUnread: boolean;
  readonly isMuted: boolean;
  readonly isEncrypted: boolean;
  /** Messages of ours in this room that did not go out and wait for the user. */
  readonly unsent: number;
}

/** Why one may not write here; null means one may. */
export type ComposerBlock = "not-joined" | "no-permission" | "encrypted" | "upgraded" | "banned";

/** A name in the composer's text that stands for somebody, a room or a custom emoji. */
export interface DraftMention {
  readonly text: string;
  /** `@user:server`, `#alias:server`, or the `mxc://` of a picture. */
  readonly id: string;
}

export interface Draft {
  readonly body: string;
  readonly mentions?: readonly DraftMention[];
  /** The message it answers. */
  readonly replyTo?: MessageTarget;
  /** Messages of ours whose changed words are not saved yet, the last one taken up last. */
  readonly edits?: readonly DraftEdit[];
}

/** Changed words of a message of ours, until they are sent or given up. */
export interface DraftEdit extends MessageTarget {
  readonly body: string;
  /** They stand in the field; others wait until their message is edited again. */
  readonly isOpen: boolean;
}

/** A stored draft as it comes back: with the words it answers, as they are now. */
export interface KeptDraft extends Draft {
  readonly answers?: Quote;
}

export interface RoomInvite {
  readonly inviterId: UserId | null;
  readonly inviterName: string | null;
  readonly isDirect: boolean;
  /** Why, in their words; plain text. */
  readonly reason: string | null;
  /** It answers a request of ours to join: we go in by ourselves, or the server did not let us in after all. */
  readonly afterKnock:
    { readonly state: "entering" } | { readonly state: "refused"; readonly failure: Failure } | null;
}

/** What the header and the composer of an open room need. */
export interface RoomView {
  readonly roomId: RoomId;
  readonly name: string;
  readonly topic: string | null;
  readonly avatar: string | null;
  readonly membership: RoomSummary["membership"];
  readonly memberCount: number;
  readonly isEncrypted: boolean;
  readonly directUserId: UserId | null;
  readonly invite: RoomInvite | null;
  readonly composerBlock: ComposerBlock | null;
  /** We may delete what others wrote. The server has the last word. */
  readonly mayDeleteOthers: boolean;
  /** We may pin messages, and take them down. The server has the last word. */
  readonly mayPin: boolean;
  /** What is pinned, the last pinned first; also what the server does not know yet. */
  readonly pinned: readonly EventId[];
  /** Messages that are pinned as soon as they are sent. */
  readonly pinnedUnsent: readonly TransactionId[];
  /** Why the server did not take what was pinned or taken down here last; null when it did. */
  readonly pinRefused: Failure | null;
  /** Why the call buttons are off. */
  readonly callBlock: CallBlock | null;
  /** `@room` would notify everybody here (power level `notifications.room`). */
  readonly canMentionRoom: boolean;
  /** Names of the people typing now, without us, at most 10. */
  readonly typing: readonly string[];
  /** The text waiting in the composer, as stored when the topic was opened (changes do not repeat it). */
  readonly draft: KeptDraft | null;
  /** The files waiting in the composer's tray; as stored when the topic was opened, like `draft`. */
  readonly attachments: readonly DraftAttachment[];
  /** Replies in threads that notify and are not read. */
  readonly threads: { readonly unread: number; readonly highlight: number };
  /** Where the upgraded room went (m.room.tombstone), or null. */
  readonly replacementRoomId: RoomId | null;
}
