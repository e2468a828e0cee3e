import type { RoomId, TransactionId } from "../../preload/contract/ids.ts";
import { applyListChanges } from "../../preload/contract/list-change.ts";
import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import type { OutboxEntry } from "../../preload/contract/models/timeline.ts";
import type { Client } from "../bridge/connect.ts";
import { WatchedTopic } from "./topic.svelte.ts";

const none: readonly OutboxEntry[] = [];

/** Everything typed in any room that the server does not have yet. */
export class OutboxState {
  readonly topic: WatchedTopic<"outbox">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "outbox", null, applyListChanges);
  }

  /** Oldest first. */
  get entries(): readonly OutboxEntry[] {
    return this.topic.value ?? none;
  }
  get isLoaded(): boolean {
    return this.topic.value !== null;
  }
  /** How many wait for the user to do something. */
  get unsentCount(): number {
    return this.entries.filter((entry) => entry.send.state === "unsent").length;
  }

  retry(roomId: RoomId, transactionId: TransactionId): Promise<void> {
    return this.#client.call("retrySend", { roomId, transactionId });
  }
  retryAll(): Promise<void> {
    return this.#client.call("retryAllSends", {});
  }
  /** False when it was too late. */
  async delete(roomId: RoomId, transactionId: TransactionId): Promise<boolean> {
    return (await this.#client.call("deleteSend", { roomId, transactionId })).isDeleted;
  }
  /** False when it was too late. */
  async edit(roomId: RoomId, transactionId: TransactionId, content: MessageContent): Promise<boolean> {
    return (await this.#client.call("editSend", { roomId, transactionId, content })).isEdited;
  }
}
