import type { RoomId } from "../../preload/contract/ids.ts";
import type { HistoryJob } from "../../preload/contract/models/search.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** What is being searched for, and whose history is fetched for it. */
export class FindingState {
  /** As typed; stays while the panel is closed. */
  text = $state("");
  /** Raised when the field is to have the focus. */
  asked = $state(0);
  readonly #client: Client;
  readonly #history: WatchedTopic<"history">;
  #topic: { readonly key: string; readonly topic: WatchedTopic<"search"> } | null = null;

  constructor(client: Client) {
    this.#client = client;
    this.#history = new WatchedTopic(client, "history", null, latest);
  }

  /**
   * What is found of the present text; the same object for the same question. `roomId` null: everywhere. Read its value
   * elsewhere than where this is called: what makes a source does not follow it.
   */
  topic(roomId: RoomId | null): WatchedTopic<"search"> {
    const { text } = this;
    const key = JSON.stringify([text, roomId]);
    if (this.#topic?.key === key) return this.#topic.topic;
    const topic = new WatchedTopic(this.#client, "search", { text, roomId }, latest);
    this.#topic = { key, topic };
    return topic;
  }

  more(roomId: RoomId | null): Promise<void> {
    return this.#client.call("searchMore", { text: this.text, roomId });
  }

  /** The fetching of a room's history; null when none is under way. */
  job(roomId: RoomId): HistoryJob | null {
    return this.#history.value?.jobs.find((job) => job.roomId === roomId) ?? null;
  }
  fetchHistory(roomId: RoomId, isOn: boolean): Promise<void> {
    return this.#client.call("fetchHistory", { roomId, isOn });
  }

  forget(): void {
    this.text = "";
    this.#topic = null;
  }
}
