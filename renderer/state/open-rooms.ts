import type { RoomId } from "../../preload/contract/ids.ts";
import type { Client } from "../bridge/connect.ts";
import { RoomState } from "./room.svelte.ts";
import { TimelineState } from "./timeline.svelte.ts";

/** Rooms whose topics stay open after leaving them, so that the second visit paints at once. */
export const KEPT_ROOMS = 5;

/** Everything about one visited room. */
export interface OpenRoom {
  readonly roomId: RoomId;
  readonly room: RoomState;
  readonly timeline: TimelineState;
}

/** The recently visited rooms, the last one at the end. */
export class OpenRooms {
  readonly #client: Client;
  readonly #kept = new Map<RoomId, { readonly open: OpenRoom; release(): void }>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The room with its topics open; the same objects as long as it is among the recent ones. */
  visit(roomId: RoomId): OpenRoom {
    const entry = this.#kept.get(roomId) ?? this.#open(roomId);
    this.#kept.delete(roomId);
    this.#kept.set(roomId, entry);
    this.#letGo();
    return entry.open;
  }

  /** After signing out nothing of the old account may show. */
  forgetAll(): void {
    for (const entry of this.#kept.values()) entry.release();
    this.#kept.clear();
  }

  #open(roomId: RoomId): { readonly open: OpenRoom; release(): void } {
    const room = new RoomState(this.#client, roomId);
    const timeline = new TimelineState(this.#client, roomId);
    const releaseTimeline = timeline.topic.hold();
    const releaseRoom = room.topic.hold();
    return {
      open: { roomId, room, timeline },
      release() {
        releaseTimeline();
        releaseRoom();
      },
    };
  }

  #letGo(): void {
    for (const [roomId, entry] of this.#kept) {
      if (this.#kept.size <= KEPT_ROOMS) return;
      this.#kept.delete(roomId);
      entry.release();
    }
  }
}
