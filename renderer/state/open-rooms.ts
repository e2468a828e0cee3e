import type { RoomId } from "../../preload/contract/ids.ts";
import type { Client } from "../bridge/connect.ts";
import { RoomState } from "./room.svelte.ts";
import { TimelineState } from "./timeline.svelte.ts";

/** Rooms whose topics stay open after leaving them, so that the second visit paints at once. */
export const KEPT_ROOMS = 10;

/** Rooms whose topics are open because they may be visited next. */
export const EXPECTED_ROOMS = 3;

/** Everything about one visited room. */
export interface OpenRoom {
  readonly roomId: RoomId;
  readonly room: RoomState;
  readonly timeline: TimelineState;
}

interface Entry {
  readonly open: OpenRoom;
  release(): void;
}

/** The recently visited rooms, the last one at the end; and those that may be next. */
export class OpenRooms {
  readonly #client: Client;
  readonly #kept = new Map<RoomId, Entry>();
  readonly #expected = new Map<RoomId, Entry>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The room with its topics open; the same objects as long as it is among the recent ones. */
  visit(roomId: RoomId): OpenRoom {
    const entry = this.#kept.get(roomId) ?? this.#expected.get(roomId) ?? this.#open(roomId);
    this.#expected.delete(roomId);
    this.#kept.delete(roomId);
    this.#kept.set(roomId, entry);
    letGo(this.#kept, KEPT_ROOMS);
    return entry.open;
  }

  /** The room may be visited next: asks now, so that it is here when it is. */
  expect(roomId: RoomId): void {
    if (this.#kept.has(roomId) || this.#expected.has(roomId)) return;
    this.#expected.set(roomId, this.#open(roomId));
    letGo(this.#expected, EXPECTED_ROOMS);
  }

  /** After signing out nothing of the old account may show. */
  forgetAll(): void {
    letGo(this.#kept, 0);
    letGo(this.#expected, 0);
  }

  #open(roomId: RoomId): Entry {
    // What is written here is this account's, also when it is stored after another one was put on the screen.
    const door = this.#client.bound();
    const room = new RoomState(door, roomId);
    const timeline = new TimelineState(door, roomId);
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
}

/** Closes the oldest until no more than `count` are left. */
function letGo(entries: Map<RoomId, Entry>, count: number): void {
  for (const [roomId, entry] of entries) {
    if (entries.size <= count) return;
    entries.delete(roomId);
    entry.release();
  }
}
