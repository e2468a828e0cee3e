import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import { applyListChanges } from "../../preload/contract/list-change.ts";
import type { Attachment } from "../../preload/contract/models/attachment.ts";
import type { EventSource } from "../../preload/contract/models/event-source.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { MessageContent, MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { NewPoll } from "../../preload/contract/models/poll.ts";
import type { EditHistory, Reactor } from "../../preload/contract/models/relations.ts";
import type {
  FocusState,
  PageDirection,
  PageState,
  TimelineItem,
  TimelineView,
} from "../../preload/contract/models/timeline.ts";
import type { Queued } from "../../preload/contract/requests.ts";
import type { TimelineChange } from "../../preload/contract/topics.ts";
import type { Door } from "../bridge/connect.ts";
import { WatchedTopic } from "./topic.svelte.ts";

const none: readonly TimelineItem[] = [];

/** The messages of one room, and the requests about them. */
export class TimelineState {
  readonly roomId: RoomId;
  /** Set for the timeline around an event; null for the live one. */
  readonly focusId: EventId | null;
  /** The root of the thread it is; null for the room's own timeline. */
  readonly thread: MessageTarget | null;
  readonly topic: WatchedTopic<"timeline">;
  readonly #client: Door;

  constructor(
    client: Door,
    roomId: RoomId,
    focusId: EventId | null = null,
    thread: MessageTarget | null = null,
  ) {
    this.#client = client;
    this.roomId = roomId;
    this.focusId = focusId;
    this.thread = thread;
    const params = {
      roomId,
      ...(focusId === null ? {} : { focus: focusId }),
      ...(thread === null ? {} : { thread }),
    };
    this.topic = new WatchedTopic(client, "timeline", params, applyTimelineChange);
  }

  get items(): readonly TimelineItem[] {
    return this.topic.value?.items ?? none;
  }
  get older(): PageState {
    return this.topic.value?.older ?? "idle";
  }
  /** What is new began after this event, further back than what is loaded; null where that is not so. */
  get newAfter(): EventId | null {
    return this.topic.value?.newAfter ?? null;
  }
  /** After the last item; the live timeline ends at the present. */
  get newer(): PageState {
    return this.topic.value?.newer ?? (this.focusId === null ? "exhausted" : "idle");
  }
  /** What became of the event it is around; null for the live timeline. */
  get focus(): FocusState | null {
    return this.focusId === null ? null : (this.topic.value?.focus ?? { state: "loading" });
  }
  /** Its end is the present. */
  get isLive(): boolean {
    return this.focusId === null || this.focus?.state === "live";
  }
  /** The event id of the thread's root; null while it is not sent, and for the room's own timeline. */
  get rootId(): EventId | null {
    return this.thread?.eventId ?? this.topic.value?.root ?? null;
  }
  /** False until the core has answered. */
  get isLoaded(): boolean {
    return this.topic.value !== null && this.focus?.state !== "loading";
  }
  get failure(): Failure | null {
    return this.topic.failure;
  }

  /** Answers when the message is safely on disk. The same transaction id is the same message. */
  send(transactionId: TransactionId, content: MessageContent, replyTo?: MessageTarget): Promise<Queued> {
    const where = {
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(this.thread === null ? {} : { thread: this.thread }),
    };
    return this.#client.call("sendMessage", { roomId: this.roomId, transactionId, content, ...where });
  }
  /** A message with a staged file; as `send`. */
  sendAttachment(
    file: {
      readonly transactionId: TransactionId;
      readonly attachment: Attachment;
      /** Where it is what was typed: the length of that. */
      readonly draftLength?: number;
    },
    caption: {
      readonly html: string | null;
      readonly mentions: NonNullable<MessageContent["m.mentions"]>;
    },
    replyTo?: MessageTarget,
  ): Promise<Queued> {
    const { html: captionHtml, mentions } = caption;
    const words = { mentions, ...(captionHtml === null ? {} : { captionHtml }) };
    const where = {
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(this.thread === null ? {} : { thread: this.thread }),
    };
    return this.#client.call("sendAttachment", { roomId: this.roomId, ...file, ...words, ...where });
  }
  /** A sticker of a pack; as `send`. */
  sendSticker(
    transactionId: TransactionId,
    sticker: { readonly packId: string; readonly shortcode: string },
    replyTo?: MessageTarget,
  ): Promise<Queued> {
    const where = {
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(this.thread === null ? {} : { thread: this.thread }),
    };
    return this.#client.call("sendSticker", { roomId: this.roomId, transactionId, ...sticker, ...where });
  }
  /** Answers, as the next three, when it is safely on disk; all work offline and on unsent messages. */
  /** `isCaption`: the words are said of a file, which stays. */
  edit(
    transactionId: TransactionId,
    target: MessageTarget,
    content: MessageContent,
    isCaption: boolean,
  ): Promise<Queued> {
    const words = { content, ...(isCaption ? { isCaption } : {}) };
    return this.#client.call("editMessage", { roomId: this.roomId, transactionId, target, ...words });
  }
  redact(transactionId: TransactionId, target: MessageTarget, reason: string | null): Promise<Queued> {
    return this.#client.call("redactMessage", { roomId: this.roomId, transactionId, target, reason });
  }
  react(
    transactionId: TransactionId,
    target: MessageTarget,
    key: string,
    shortcode?: string,
  ): Promise<Queued> {
    const named = shortcode === undefined ? {} : { shortcode };
    return this.#client.call("react", { roomId: this.roomId, transactionId, target, key, ...named });
  }
  unreact(transactionId: TransactionId, target: MessageTarget, key: string): Promise<Queued> {
    return this.#client.call("unreact", { roomId: this.roomId, transactionId, target, key });
  }
  retry(transactionId: TransactionId): Promise<void> {
    return this.#client.call("retrySend", { roomId: this.roomId, transactionId });
  }
  /** False when it was too late. */
  async deleteUnsent(transactionId: TransactionId): Promise<boolean> {
    return (await this.#client.call("deleteSend", { roomId: this.roomId, transactionId })).isDeleted;
  }
  /** False when it was too late. */
  async editUnsent(transactionId: TransactionId, content: MessageContent): Promise<boolean> {
    return (await this.#client.call("editSend", { roomId: this.roomId, transactionId, content })).isEdited;
  }
  startPoll(transactionId: TransactionId, poll: NewPoll): Promise<Queued> {
    return this.#client.call("startPoll", { roomId: this.roomId, transactionId, poll });
  }
  votePoll(transactionId: TransactionId, pollId: EventId, answerIds: readonly string[]): Promise<Queued> {
    return this.#client.call("votePoll", { roomId: this.roomId, transactionId, pollId, answerIds });
  }
  endPoll(transactionId: TransactionId, pollId: EventId): Promise<Queued> {
    return this.#client.call("endPoll", { roomId: this.roomId, transactionId, pollId });
  }
  paginate(direction: PageDirection = "backward"): Promise<void> {
    const { roomId, focusId } = this;
    if (this.thread !== null) return this.#client.call("paginate", { roomId, thread: this.thread });
    if (focusId === null) return this.#client.call("paginate", { roomId });
    return this.#client.call("paginate", { roomId, focus: focusId, direction });
  }
  loadEdits(eventId: EventId): Promise<EditHistory> {
    return this.#client.call("loadEdits", { roomId: this.roomId, eventId });
  }
  async loadReactors(eventId: EventId): Promise<readonly Reactor[]> {
    return (await this.#client.call("loadReactions", { roomId: this.roomId, eventId })).reactors;
  }
  /** Somebody looks here from now on: the "New" line stays until the next visit. */
  visit(): Promise<void> {
    // That of a thread stands for as long as it is open.
    if (this.thread !== null) return Promise.resolve();
    return this.#client.call("visitRoom", { roomId: this.roomId });
  }
  markRead(eventId: EventId): Promise<void> {
    const root = this.rootId;
    // The root belongs to the room's own timeline.
    if (this.thread !== null && (root === null || root === eventId)) return Promise.resolve();
    if (root !== null) return this.#client.call("markRead", { roomId: this.roomId, eventId, thread: root });
    return this.#client.call("markRead", { roomId: this.roomId, eventId });
  }
  loadEventSource(target: MessageTarget): Promise<EventSource> {
    return this.#client.call("loadEventSource", { roomId: this.roomId, target });
  }
}

export function applyTimelineChange(view: TimelineView, change: TimelineChange): TimelineView {
  const { items, ...rest } = change;
  return { ...view, ...rest, items: applyListChanges(view.items, items) };
}
