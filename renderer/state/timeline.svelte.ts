import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import { applyListChanges } from "../../preload/contract/list-change.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import type { PageState, TimelineItem, TimelineView } from "../../preload/contract/models/timeline.ts";
import type { Queued } from "../../preload/contract/requests.ts";
import type { TimelineChange } from "../../preload/contract/topics.ts";
import type { Client } from "../bridge/connect.ts";
import { WatchedTopic } from "./topic.svelte.ts";

const none: readonly TimelineItem[] = [];

/** The messages of one room, and the requests about them. */
export class TimelineState {
  readonly roomId: RoomId;
  readonly topic: WatchedTopic<"timeline">;
  readonly #client: Client;

  constructor(client: Client, roomId: RoomId) {
    this.#client = client;
    this.roomId = roomId;
    this.topic = new WatchedTopic(client, "timeline", { roomId }, applyTimelineChange);
  }

  get items(): readonly TimelineItem[] {
    return this.topic.value?.items ?? none;
  }
  get older(): PageState {
    return this.topic.value?.older ?? "idle";
  }
  /** False until the core has answered. */
  get isLoaded(): boolean {
    return this.topic.value !== null;
  }
  get failure(): Failure | null {
    return this.topic.failure;
  }

  /** Answers when the message is safely on disk. The same transaction id is the same message. */
  send(transactionId: TransactionId, content: MessageContent): Promise<Queued> {
    return this.#client.call("sendMessage", { roomId: this.roomId, transactionId, content });
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
  paginate(): Promise<void> {
    return this.#client.call("paginate", { roomId: this.roomId });
  }
  /** Somebody looks here from now on: the "New" line stays until the next visit. */
  visit(): Promise<void> {
    return this.#client.call("visitRoom", { roomId: this.roomId });
  }
  markRead(eventId: EventId): Promise<void> {
    return this.#client.call("markRead", { roomId: this.roomId, eventId });
  }
  async loadEventSource(eventId: EventId): Promise<string> {
    return (await this.#client.call("loadEventSource", { roomId: this.roomId, eventId })).source;
  }
}

export function applyTimelineChange(view: TimelineView, change: TimelineChange): TimelineView {
  return {
    roomId: view.roomId,
    items: applyListChanges(view.items, change.items),
    older: change.older ?? view.older,
  };
}
