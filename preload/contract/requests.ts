import type { AccountRequests } from "./models/account-requests.ts";
import type { SearchParams } from "./models/search.ts";
import type { CallId, EventId, RoomId, TransactionId } from "./ids.ts";
import type { HostRequests } from "./models/desktop.ts";
import type { PushChange, UnreadExplanation } from "./models/attention.ts";
import type { CallPlaced, LocalMedia, MediaReport, ScreenSource } from "./models/call.ts";
import type { MessageContent, MessageTarget } from "./models/message-content.ts";
import type { EventSource } from "./models/event-source.ts";
import type { ExportOrder } from "./models/export.ts";
import type { NoticeAct } from "./models/notice.ts";
import type { MentionablePerson, MentionableRoom, Pill } from "./models/mentions.ts";
import type { NewPoll } from "./models/poll.ts";
import type { LinkPreview } from "./models/link-preview.ts";
import type { EditHistory, Reactor } from "./models/relations.ts";
import type { DiscoveredServer } from "./models/session.ts";
import type { DraftAttachment } from "./models/attachment.ts";
import type { MediaRequests } from "./models/media-requests.ts";
import type { AccountsRequests } from "./models/accounts.ts";
import type { RoomMediaKind } from "./models/room-media.ts";
import type { RoomRequests } from "./models/room-requests.ts";
import type { Settings } from "./models/settings.ts";
import type { Draft, KeptDraft } from "./models/room.ts";
import type { PageDirection } from "./models/timeline.ts";

/** The answer to a message that is safely on disk: only now may the composer clear. */
export interface Queued {
  /** Ms since the epoch. */
  readonly queuedAt: number;
}

/** Every question the renderer may ask. A request either answers or fails with a `Failure`. */
export interface Requests
  extends RoomRequests, AccountRequests, MediaRequests, HostRequests, AccountsRequests {
  /** From a full user id, a server name or an address (spec: Server Discovery). */
  discoverServer(params: { input: string }): DiscoveredServer;
  /** `m.login.password`. `user` is a localpart or a full id (LOG-02). */
  signIn(params: { homeserver: string; user: string; password: string }): void;
  /** Ends the session on the server where it can be reached, and here always. */
  signOut(params: Record<never, never>): void;

  /** Durable before it answers. Repeating it with the same transaction id is the same message. */
  sendMessage(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    content: MessageContent;
    /** The message it answers. */
    replyTo?: MessageTarget;
    /** The root of the thread it belongs to. */
    thread?: MessageTarget;
  }): Queued;
  /** Sends a sticker of a pack of `stickers`. Works offline, and may be repeated, like `sendMessage`. */
  sendSticker(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    packId: string;
    shortcode: string;
    replyTo?: MessageTarget;
    thread?: MessageTarget;
  }): Queued;
  /** Puts the picture of a message into our own pack, for all devices. */
  keepSticker(params: { roomId: RoomId; eventId: EventId }): void;
  /** Takes a picture out of our own pack. */
  dropSticker(params: { shortcode: string }): void;
  /**
   * New words for a message of ours. What has not gone out yet is rewritten, anything else gets an edit. Like the
   * next three it works offline and on unsent messages, is durable before it answers, and may be repeated. Of a message
   * that carries a file they are its caption, and the file stays; with `isCaption` anything else is refused.
   */
  editMessage(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    target: MessageTarget;
    content: MessageContent;
    isCaption?: boolean;
  }): Queued;
  /** Deletes a message for everybody; what has not gone out yet simply goes. */
  redactMessage(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    target: MessageTarget;
    reason: string | null;
  }): Queued;
  /**
   * Says a message again in other rooms, with its words and files as they are now: without what it was related to, and
   * nobody is mentioned. A message like any other in each room's queue; may be repeated. Polls are not forwarded. What is
   * not sent yet is said there by itself: it waits for nothing here, and a file goes to the server once for all.
   */
  forwardMessage(params: {
    roomId: RoomId;
    target: MessageTarget;
    to: readonly { roomId: RoomId; transactionId: TransactionId }[];
  }): void;
  /**
   * Adds our reaction. Nothing happens where it is there already. Of a custom emoji `key` is the address of its picture
   * and `shortcode` its name (MSC4027), for those who do not see it.
   */
  react(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    target: MessageTarget;
    key: string;
    shortcode?: string;
  }): Queued;
  /** Takes our reaction back. Nothing happens where there is none. */
  unreact(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    target: MessageTarget;
    key: string;
  }): Queued;
  /** Sends this unsent message and everything parked behind it in its room, in order. */
  retrySend(params: { roomId: RoomId; transactionId: TransactionId }): void;
  /** Sends everything unsent in all rooms. */
  retryAllSends(params: Record<never, never>): void;
  /** Removes what is not yet handed to the wire. `isDeleted` is false when it was too late. */
  deleteSend(params: { roomId: RoomId; transactionId: TransactionId }): { isDeleted: boolean };
  /** Rewrites what is not yet handed to the wire. `isEdited` is false when it was too late. */
  editSend(params: { roomId: RoomId; transactionId: TransactionId; content: MessageContent }): {
    isEdited: boolean;
  };

  /** More results of an open search, from here or from the server, whichever has some; also tries a failed one again. */
  searchMore(params: SearchParams): void;
  /** More of an open list, from here, and where there is none, from the server; also tries a failed one again. */
  moreRoomMedia(params: { roomId: RoomId; kind: RoomMediaKind }): void;
  /** Fetches the whole history of a room bit by bit, also after a restart; or stops doing so. */
  fetchHistory(params: { roomId: RoomId; isOn: boolean }): void;
  pauseHistory(params: { isPaused: boolean }): void;

  /**
   * Begins writing rooms into a folder; the host may ask for one first. `isStarted` is false when the user chose none. One
   * at a time: a finished one makes room, anything else is refused. It goes on after a restart.
   */
  startExport(params: { order: ExportOrder }): { isStarted: boolean };
  /** Goes on after a failure. */
  retryExport(params: Record<never, never>): void;
  /** Stops it and removes what was written so far; of a finished one only the mention goes. */
  cancelExport(params: Record<never, never>): void;
  /** Shows the finished folder, where the host can. */
  showExport(params: Record<never, never>): void;

  /**
   * Loads a page of older history, from disk or at a gap from the server. Joins a running one (PAG-17). With `focus` it
   * is the timeline around that event, which can also go forward; where finding the event failed, it is tried again.
   */
  paginate(params: {
    roomId: RoomId;
    focus?: EventId;
    direction?: PageDirection;
    thread?: MessageTarget;
  }): void;
  /** More of a room's threads, from the server. */
  moreThreads(params: { roomId: RoomId }): void;
  /** The event nearest to a time, at it or after it, else before it; from the server, without it from what is here. */
  findEventAt(params: { roomId: RoomId; ts: number }): { eventId: EventId; ts: number };
  /** The user comes to this room, or back to its window: the "New" line stands where reading ended, until the next visit. */
  visitRoom(params: { roomId: RoomId }): void;
  /** The user has seen the room's own timeline up to this event; with `thread` that much of the thread of this root. */
  markRead(params: { roomId: RoomId; eventId: EventId; thread?: EventId }): void;
  setTyping(params: { roomId: RoomId; isTyping: boolean }): void;
  /** With `thread` the draft of the thread of that root. */
  saveDraft(params: { roomId: RoomId; thread?: MessageTarget; draft: Draft | null }): void;
  loadThreadDraft(params: { roomId: RoomId; thread: MessageTarget }): {
    draft: KeptDraft | null;
    attachments: readonly DraftAttachment[];
  };
  /** What a message said before, asked of the server where it can be reached. */
  loadEdits(params: { roomId: RoomId; eventId: EventId }): EditHistory;
  /** Who reacted to a message, oldest first; at most 2000. */
  loadReactions(params: { roomId: RoomId; eventId: EventId }): { reactors: readonly Reactor[] };
  /** For *View source*: the event as the server gave it, or while that is not here, what was sent or will be. */
  loadEventSource(params: { roomId: RoomId; target: MessageTarget }): EventSource;

  /** A poll; durable as a message is. */
  startPoll(params: { roomId: RoomId; transactionId: TransactionId; poll: NewPoll }): Queued;
  /** Our choice; none takes a vote back. The latest counts. */
  votePoll(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    pollId: EventId;
    answerIds: readonly string[];
  }): Queued;
  endPoll(params: { roomId: RoomId; transactionId: TransactionId; pollId: EventId }): Queued;

  /**
   * People of the room whose name or id contains the query, best first, at most 20. `isComplete` is false while only some
   * members are known here: asked again with `isPatient`, the answer waits for the server's list.
   */
  findPeople(params: { roomId: RoomId; query: string; isPatient: boolean }): {
    people: readonly MentionablePerson[];
    isComplete: boolean;
  };
  /** Rooms we are in that have an address, by address or name, best first, at most 20. */
  findRooms(params: { query: string }): { rooms: readonly MentionableRoom[] };
  /**
   * What stands behind a web address, asked of the homeserver, which then knows it. Null where there is nothing to show, and
   * always while the settings want no previews: then nobody is asked. Rejects where there was no answer.
   */
  loadLinkPreview(params: { url: string }): { preview: LinkPreview | null };
  /** How these ids (`@user`, `!room`, `#alias`) are called now; null for what is not known here. Asks no server. */
  describePills(params: { roomId: RoomId; ids: readonly string[] }): { pills: readonly (Pill | null)[] };
  /** Our name everywhere. */
  setDisplayName(params: { name: string }): void;
  /** Our name in this room only. */
  setRoomDisplayName(params: { roomId: RoomId; name: string }): void;

  acceptInvite(params: { roomId: RoomId }): void;
  declineInvite(params: { roomId: RoomId }): void;

  /** Everything in the room is read, threads included, and the mark "unread" goes. */
  markRoomRead(params: { roomId: RoomId }): void;
  /**
   * Marks a room as unread by hand, for all devices (m.marked_unread), or takes the mark away. It is so here at once; the
   * server hears of it when it can. With `from` what is new begins at that message.
   */
  markUnread(params: { roomId: RoomId; isUnread: boolean; from?: EventId }): void;
  /** Which messages count as unread, and by which rules. */
  explainUnread(params: { roomId: RoomId }): UnreadExplanation;
  /** Counts a room's unread messages again from what is stored; all rooms without one. Nothing is deleted. */
  recountUnread(params: { roomId: RoomId | null }): { changedRooms: number };
  /** The room in front of the user, in a window that has the focus; null: none. It does not notify. */
  attend(params: { roomId: RoomId | null }): void;
  /** The user did something with a notification. */
  actOnNotice(params: { tag: string; act: NoticeAct }): void;
  /** The page shows this destination now. */
  arrived(params: { number: number }): void;
  /** Changes push rules on the server. What is shown changes at once, and back when the server refuses. */
  changePushRules(params: { change: PushChange }): void;
  /**
   * Begins a call: it appears in `calls` as `preparing` at once. Repeating it with the same call id is the same call.
   * Where theirs is ringing in this room, that one is answered instead (GLAR-03).
   */
  placeCall(params: { roomId: RoomId; callId: CallId; isVideo: boolean }): CallPlaced;
  /** Answers a ringing call; another one that is going on is hung up. Nothing happens when it rings no more. */
  answerCall(params: { callId: CallId; isVideo: boolean }): void;
  /** Declines a ringing call, on all our devices and to the caller. */
  declineCall(params: { callId: CallId }): void;
  /** Ends a call in any state; removes an ended one from `calls`. */
  hangUp(params: { callId: CallId }): void;
  /** Changes what is named; the rest stays. */
  setCallMedia(params: { callId: CallId } & Partial<LocalMedia>): void;
  /** The driver has performed all effects up to and with this number. */
  performedMedia(params: { driverId: string; through: number }): void;
  /** `number` counts the driver's reports from 1; a repeat is ignored, so a lost answer may be sent again. */
  reportMedia(params: { driverId: string; number: number; callId: CallId; report: MediaReport }): void;

  /** Versions, sizes and states as plain text, for somebody who helps; no tokens and nothing anybody wrote. */
  loadDiagnostics(params: Record<never, never>): { text: string };
  /** Forgets what the server can give again and loads it anew. Session, queue, drafts and settings stay. */
  resetCache(params: Record<never, never>): void;
  /** What can be shared, for the page to ask the user; null where browser or system ask by themselves. */
  listScreens(params: Record<never, never>): { readonly sources: readonly ScreenSource[] | null };
  /** One of those listed last; the next `getDisplayMedia` gets it. */
  chooseScreen(params: { id: string }): void;

  saveSettings(params: { settings: Settings }): void;
  /** The system says the network is back, or the machine woke up: try now. */
  networkIsBack(params: Record<never, never>): void;
  /** Opens an https, http or mailto link in the system's browser (XSS-06); refused otherwise. */
  openLink(params: { url: string }): void;
}
