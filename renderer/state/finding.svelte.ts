import { untrack } from "svelte";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { HistoryJob, SearchView } from "../../preload/contract/models/search.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** What is being searched for, and whose history is fetched for it. */
export class FindingState {
  #text = $state("");
  /** Raised when the field is to have the focus. */
  asked = $state(0);
  readonly #client: Client;
  readonly #history: WatchedTopic<"history">;
  #search: Search | null = null;

  constructor(client: Client) {
    this.#client = client;
    this.#history = new WatchedTopic(client, "history", null, latest);
  }

  /** As typed; stays while the panel is closed. */
  get text(): string {
    return this.#text;
  }
  set text(text: string) {
    this.#text = text;
    // Asked from the beginning: what was found before has nothing to do with it.
    if (text.trim() === "") this.#search = null;
  }

  /**
   * The search for the present text; the same object for the same question. `roomId` null: everywhere. Read its `view`
   * elsewhere than where this is called: what makes a source does not follow it.
   */
  search(roomId: RoomId | null): Search {
    const { text } = this;
    const before = this.#search;
    if (before?.text === text && before.roomId === roomId) return before;
    // Until the first answer to one key more, what the keys before it found stays in sight: no list that blinks.
    const kept = before?.roomId === roomId ? untrack(() => before.view) : null;
    this.#search = new Search(this.#client, text, roomId, kept);
    return this.#search;
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
  }
}

/** One question, and what is known of its answer. */
export class Search {
  readonly text: string;
  readonly roomId: RoomId | null;
  readonly #topic: WatchedTopic<"search">;
  readonly #kept: SearchView | null;

  constructor(client: Client, text: string, roomId: RoomId | null, kept: SearchView | null) {
    this.text = text;
    this.roomId = roomId;
    this.#kept = kept;
    this.#topic = new WatchedTopic(client, "search", { text, roomId }, latest);
  }

  /** Whether `view` answers this question; else it answers the one before. */
  get isAnswered(): boolean {
    return this.#topic.value !== null;
  }
  get view(): SearchView | null {
    return this.#topic.value ?? this.#kept;
  }
}
