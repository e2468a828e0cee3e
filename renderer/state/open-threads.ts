import { untrack } from "svelte";
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
  /** The last one at the end. */
  #kept: readonly OpenRoom[] = [];
  #list: { readonly roomId: RoomId; readonly topic: WatchedTopic<"threads"> } | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** The same object as long as it is among the last ones, by whatever name its root is called. */
  visit(open: OpenRoom, thread: MessageTarget): OpenRoom {
    const others = this.#kept.filter(({ roomId, room }) => roomId !== open.roomId || room === open.room);
    // What they know is asked for, and nothing is watched for it.
    const known = untrack(() =>
      others.find(({ roomId, timeline }) => roomId === open.roomId && isOf(timeline, thread)),
    );
    const one = known ?? {
      ...open,
      timeline: new TimelineState(this.#client.bound(), open.roomId, null, thread),
    };
    this.#kept = [...others.filter((other) => other !== one), one].slice(-KEPT_THREADS);
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
    this.#kept = [];
    this.#list = null;
  }
}

function isOf(timeline: TimelineState, { eventId, transactionId }: MessageTarget): boolean {
  if (eventId !== null && timeline.rootId === eventId) return true;
  return transactionId !== null && timeline.thread?.transactionId === transactionId;
}
