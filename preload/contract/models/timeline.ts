import type { CallId, EventId, RoomId, TransactionId, UserId } from "../ids.ts";
import type { Failure } from "./failure.ts";
import type { MessageTarget } from "./message-content.ts";
import type { PollView } from "./poll.ts";

/** The person an item shows, as they were at the time (DSP-02). */
export interface Sender {
  readonly userId: UserId;
  /** Display name then, or the user id (DSP-07). Plain text. */
  readonly name: string;
  /** Another member has the same name: show the id with it (DSP-08). */
  readonly isAmbiguous: boolean;
  readonly avatar: string | null;
  readonly isOwn: boolean;
}

/**
 * What became of something sent from here.
 * `queued`: on disk, waiting; `sending`: handed to the wire; `sent`: the server has answered or echoed it;
 * `unsent`: parked, with the reason.
 */
export type SendState =
  | { readonly state: "queued"; readonly since: number }
  /** `progress`, 0…1: its file is on the way to the server. */
  | { readonly state: "sending"; readonly since: number; readonly progress?: number }
  | { readonly state: "sent" }
  | { readonly state: "unsent"; readonly reason: UnsentReason };

export type UnsentReason =
  /** Five minutes of failing attempts (SEND-07). */
  | { readonly code: "gave-up"; readonly failure: Failure }
  /** A permanent refusal (SEND-13). */
  | { readonly code: "rejected"; readonly failure: Failure }
  /** A message before it in the same room did not go; order is meaning (SEND-12). */
  | { readonly code: "behind" }
  /** Waited longer than 24 hours. */
  | { readonly code: "waited-too-long" }
  /**
   * It may or may not have arrived, and a repeat could double it: sent from a session that is gone, or so long ago that
   * the server no longer recognises it.
   */
  | { readonly code: "uncertain" }
  /** The stored row is not readable by this version. */
  | { readonly code: "unreadable" };

export interface MediaInfo {
  /** Path of the full file below the resources base, or null when the event's mxc is unusable. */
  readonly file: string | null;
  /** Path of a thumbnail fit for the timeline, or null. */
  readonly thumbnail: string | null;
  readonly name: string;
  readonly mimetype: string | null;
  /** Bytes, as the sender says. */
  readonly size: number | null;
  /** Pixels, as the sender says, capped to 1…16384; null when unknown. */
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  /** A blurred picture in a few characters, shown until the picture is here; checked for its form. */
  readonly blurhash: string | null;
  /** A voice message: loudness over time, 0…1024, at most 120 of them; empty when the sender gave none. */
  readonly waveform: readonly number[] | null;
}

/** A point on Earth (WGS 84). */
export interface Place {
  /** Degrees, −90…90. */
  readonly latitude: number;
  /** Degrees, −180…180. */
  readonly longitude: number;
  /** Radius in metres, as the sender says. */
  readonly uncertainty: number | null;
}

/** The body of a message, ready to be shown. `html` is clean already (sanitised on ingest in main). */
export type MessageBody =
  | { readonly type: "text" | "emote" | "notice"; readonly text: string; readonly html: string | null }
  | {
      readonly type: "image" | "video" | "audio" | "file" | "sticker";
      readonly text: string;
      /** The caption as clean HTML, where its sender formatted it. */
      readonly html?: string;
      readonly media: MediaInfo;
    }
  /** `geo:` was parsed strictly; a location without one shows as `other` (MSG-15). */
  | { readonly type: "location"; readonly text: string; readonly place: Place }
  /** `text` is what clients that know no polls show. */
  | { readonly type: "poll"; readonly text: string; readonly poll: PollView }
  /** A msgtype or event type we do not know: its body, with the kind named (MSG-03). */
  | { readonly type: "other"; readonly text: string; readonly msgtype: string };

/** A change of room state as data; the renderer has the sentences. */
export type StateChange =
  | { readonly type: "created" }
  | { readonly type: "name"; readonly from: string | null; readonly to: string | null }
  | { readonly type: "topic"; readonly from: string | null; readonly to: string | null }
  | { readonly type: "avatar"; readonly isRemoved: boolean }
  | {
      readonly type: "membership";
      readonly change:
        | "joined"
        | "left"
        | "invited"
        | "kicked"
        | "banned"
        | "unbanned"
        | "knocked"
        | "declined"
        | "withdrawn"
        | "knock-accepted"
        | "knock-denied"
        | "knock-retracted";
      readonly target: UserId;
      readonly targetName: string;
      readonly reason: string | null;
    }
  | {
      readonly type: "profile";
      readonly nameFrom: string | null;
      readonly nameTo: string | null;
      readonly isAvatarChanged: boolean;
    }
  | { readonly type: "join-rules"; readonly rule: string }
  | { readonly type: "history-visibility"; readonly visibility: string }
  | { readonly type: "guest-access"; readonly access: string }
  | { readonly type: "power-levels" }
  | { readonly type: "encryption" }
  | { readonly type: "canonical-alias"; readonly alias: string | null }
  /** `eventId`: the one message that was pinned or taken down; null where it is more than that. */
  | {
      readonly type: "pinned";
      readonly change: "pinned" | "unpinned" | "changed";
      readonly eventId: EventId | null;
    }
  | { readonly type: "upgraded" }
  | { readonly type: "server-acl" };

interface ItemBase {
  /** Never changes while the item lives: the transaction id for what was sent here, else the event id. */
  readonly id: string;
}

interface EventItemBase extends ItemBase {
  readonly eventId: EventId | null;
  readonly sender: Sender;
  /** origin_server_ts, ms since the epoch, for display only (SYN-30). */
  readonly ts: number;
  /** Other people whose newest receipt is here: at most 5, and how many there are in all. */
  readonly readBy: readonly Reader[];
  readonly readByCount: number;
}

export interface Reader {
  readonly userId: UserId;
  readonly name: string;
  readonly avatar: string | null;
}

/** What else was said of a message. */
export interface Relations {
  /** The message it answers. */
  readonly reply: Quote | null;
  /** Its words are not the first ones. */
  readonly edit: Edit | null;
  /** In the order in which their keys first came; at most 100 keys. */
  readonly reactions: readonly Reaction[];
  /** What is said in the thread it began; absent where there is none. */
  readonly thread?: ThreadSummary;
  /** We wanted it deleted, and it could not be: that stands in the outbox under this transaction id. */
  readonly deletion: { readonly transactionId: TransactionId; readonly reason: UnsentReason } | null;
}

/** A thread in short, as its root shows it. */
export interface ThreadSummary {
  /** Replies, those of ours included that are on their way. */
  readonly count: number;
  /** The newest reply; null when it is not known here. */
  readonly latest: Quote | null;
  /** When it was sent, ms since the epoch. */
  readonly latestTs: number | null;
  /** Replies that notify and are not read, and those among them that mention us. */
  readonly unread: number;
  readonly highlight: number;
  /** We have written in it. */
  readonly isOurs: boolean;
  /** Replies of ours that did not go out and wait for the user. */
  readonly unsent: number;
}

/** One thread in the list of a room's threads. */
export interface ThreadEntry {
  /** Its root, which may not be sent yet. */
  readonly thread: MessageTarget;
  /** What it is about. */
  readonly about: Quote;
  /** When that was said, ms since the epoch; null when it is not known here. */
  readonly ts: number | null;
  readonly summary: ThreadSummary;
}

/** The threads of a room, last active first. */
export interface ThreadListView {
  readonly threads: readonly ThreadEntry[];
  /** The server knows more of them. */
  readonly more: PageState;
}

/** The message that is answered, short. */
export interface Quote {
  /** Null while it is not sent; then `transactionId` names it. */
  readonly eventId: EventId | null;
  readonly transactionId: TransactionId | null;
  /** `missing`: the server does not have it, or does not show it to us. */
  readonly state: "shown" | "loading" | "missing" | "redacted";
  readonly sender: { readonly userId: UserId; readonly name: string; readonly isOwn: boolean } | null;
  /** What it is when it is no text: the renderer has the words for it. */
  readonly kind: MessageBody["type"] | "encrypted";
  /** Plain text without the quote it may have begun with, at most 300 characters, at most two line feeds. */
  readonly text: string;
}

export interface Edit {
  /** When, ms since the epoch. */
  readonly ts: number;
  /** What became of the edit, while it is one of ours that is not in the timeline yet; its transaction id with it. */
  readonly send: SendState | null;
  readonly transactionId: TransactionId | null;
}

/** A picture that stands for an emoji. */
export interface KeyPicture {
  /** Below the resources base. */
  readonly path: string;
  /** Its words; plain text, one line. */
  readonly name: string;
}

/** Everybody who reacted with the same key. */
export interface Reaction {
  /** As it was sent, at most 100 code units or the address of a picture; what an undo names. Plain text. */
  readonly key: string;
  /** Of a key that is a picture: null for text. */
  readonly picture: KeyPicture | null;
  readonly count: number;
  /** Ours is among them. */
  readonly isOwn: boolean;
  /** Names of the first who did, at most 10. */
  readonly names: readonly string[];
  /** What became of ours, while it is not in the timeline yet; its transaction id with it. */
  readonly send: SendState | null;
  readonly transactionId: TransactionId | null;
}

export interface MessageItem extends EventItemBase {
  readonly kind: "message";
  readonly body: MessageBody;
  /** Null where nothing was said of it. */
  readonly relations: Relations | null;
  /** We are meant: by name, or with everybody in the room (m.mentions). */
  readonly isMention: boolean;
  /** Where a bridge says the original is; https or http only, and anybody can claim it (BRDG-01, BRDG-02). */
  readonly externalUrl: string | null;
  /** Null for what came from elsewhere. */
  readonly send: SendState | null;
  readonly transactionId: TransactionId | null;
}
export interface StateItem extends EventItemBase {
  readonly kind: "state";
  readonly change: StateChange;
}
export interface RedactedItem extends EventItemBase {
  readonly kind: "redacted";
  readonly redactedBy: string | null;
  readonly reason: string | null;
}
/** Encrypted, and we cannot read it (XSS-05). */
export interface UndecryptableItem extends EventItemBase {
  readonly kind: "undecryptable";
}
/** A malformed message: a quiet placeholder with *View source* (MAL-08). */
export interface PlaceholderItem extends EventItemBase {
  readonly kind: "placeholder";
}
/**
 * What became of a call.
 * `open`: rings, or is going on; `ended`: there was a conversation; `missed`: theirs, nobody of ours answered;
 * `unanswered`: ours, nobody answered; `declined`: the called person said no; `cancelled`: the caller gave up before an
 * answer; `failed`: no connection or no media; `not-for-us`: in a public room, or meant for somebody else: it did not
 * ring here.
 */
export type CallOutcome =
  "open" | "ended" | "missed" | "unanswered" | "declined" | "cancelled" | "failed" | "not-for-us";

/** One line per call; `sender` is who called. Its place in the timeline is that of the invite. */
export interface CallItem extends EventItemBase {
  readonly kind: "call";
  readonly isVideo: boolean;
  readonly callId: CallId;
  readonly outcome: CallOutcome;
  /** From the answer to the end, ms, as the events say; null without an answer or an end. */
  readonly durationMs: number | null;
  /** Answered or declined by another device of ours. */
  readonly isElsewhere: boolean;
}
export interface DateItem extends ItemBase {
  readonly kind: "date";
  /** Start of the local day, ms since the epoch. */
  readonly ts: number;
}
export interface ReadMarkerItem extends ItemBase {
  readonly kind: "read-marker";
}
/** The start of the visible history (HIS-08). */
export interface StartItem extends ItemBase {
  readonly kind: "start";
}
/** Of a thread: something was missed here. It is asked for, or could not be had. */
export interface GapItem extends ItemBase {
  readonly kind: "gap";
  readonly state: "loading" | { readonly failed: Failure };
}

export type EventItem =
  MessageItem | StateItem | RedactedItem | UndecryptableItem | PlaceholderItem | CallItem;
export type TimelineItem = EventItem | DateItem | ReadMarkerItem | StartItem | GapItem;

/** Can there be more before the first (after the last) item, and what is happening about it. */
export type PageState = "idle" | "loading" | "exhausted" | { readonly failed: Failure };
export type PageDirection = "backward" | "forward";

/**
 * What became of an event that was asked for.
 * `loading`: the server is asked; `shown`: the timeline is around it, apart from the present; `live`: it has met the
 * present and goes on as the live one does; or why it cannot be shown.
 */
export type FocusState =
  | { readonly state: "loading" }
  /** `target` is the item to stand at: the event's own, or the nearest where the event itself is never shown. */
  | {
      readonly state: "shown" | "live";
      readonly target: string | null;
      /** The event is a reply in the thread of this root, and shown there. */
      readonly thread?: EventId;
    }
  | { readonly state: "failed"; readonly failure: Failure };

export interface TimelineView {
  readonly roomId: RoomId;
  readonly items: readonly TimelineItem[];
  readonly older: PageState;
  /** Of a thread: the event that its root is; null while that is not sent. Absent elsewhere. */
  readonly root?: EventId | null;
  /** Of the live timeline: what is new began after this event, which is further back than what is loaded; else null. */
  readonly newAfter?: EventId | null;
  /** After the last item; absent for the live timeline, which ends at the present. */
  readonly newer?: PageState;
  /** Absent for the live timeline. */
  readonly focus?: FocusState;
}

/** One entry of the outbox: something typed that the server does not have yet. */
export interface OutboxEntry {
  readonly transactionId: TransactionId;
  readonly roomId: RoomId;
  readonly roomName: string;
  /** What was typed, plain text. */
  readonly text: string;
  /** Ms since the epoch. */
  readonly queuedAt: number;
  readonly send: SendState;
}
