import type { RoomId } from "../../preload/contract/ids.ts";
import type { RoomChange, RoomDetails } from "../../preload/contract/models/room-details.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** Settings, rights and members of one room. */
export class RoomDetailsState {
  readonly roomId: RoomId;
  readonly topic: WatchedTopic<"roomDetails">;
  readonly #client: Client;

  constructor(client: Client, roomId: RoomId) {
    this.#client = client;
    this.roomId = roomId;
    this.topic = new WatchedTopic(client, "roomDetails", { roomId }, latest);
  }

  /** Null until the core has answered, and for a room it does not know. */
  get view(): RoomDetails | null {
    return this.topic.value;
  }

  change(change: RoomChange): Promise<void> {
    return this.#client.call("changeRoom", { roomId: this.roomId, change });
  }
}
