import type { RoomId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { Client } from "../bridge/connect.ts";
import type { OpenRoom } from "./open-rooms.ts";
import { TimelineState } from "./timeline.svelte.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** Threads that are remembered, and what is being written in them. */
const KEPT_THREADS = 20;

/** The threads somebody looked at: each is a room's own timeline to whoever shows it, only shorter. */
export class OpenThreads {
  readonly #client: Client;
  readonly #kept = new Map<string, OpenRoom>();
  #list: { readonly roomId: RoomId; readonly topic: WatchedTopic<"threads"> } | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The same object as long as it is among the last ones. */
  visit(open: OpenRoom, thread: MessageTarget): OpenRoom {
    const key = JSON.stringify([open.roomId, thread.eventId ?? thread.transactionId]);
    const known = this.#kept.get(key);
    const one =
      known?.room === open.room
        ? known
        : { ...open, timeline: new TimelineState(this.#client.bound(), open.roomId, null, thread) };
    this.#kept.delete(key);
    this.#kept.set(key, one);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > KEPT_THREADS && oldest.done !== true) this.#kept.delete(oldest.value);
    return one;
  }

  /** The threads of a room; open while it is read. */
  list(roomId: RoomId): WatchedTopic<"threads"> {
    if (this.#list?.roomId !== roomId)
      this.#list = { roomId, topic: new WatchedTopic(this.#client, "threads", { roomId }, latest) };
    return this.#list.topic;
  }
  /** More of them, from the server. */
  more(roomId: RoomId): Promise<void> {
    return this.#client.call("moreThreads", { roomId });
  }

  forgetAll(): void {
    this.#kept.clear();
    this.#list = null;
  }
}
