import type { RoomId } from "../../preload/contract/ids.ts";
import { applyListChanges } from "../../preload/contract/list-change.ts";
import type { RoomSummary } from "../../preload/contract/models/room.ts";
import type { Client } from "../bridge/connect.ts";
import { WatchedTopic } from "./topic.svelte.ts";

const none: readonly RoomSummary[] = [];

/** All rooms in display order. */
export class RoomListState {
  readonly topic: WatchedTopic<"roomList">;
  // Made anew with every list and never changed: a reactive map would only cost.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #byId = $derived.by(() => new Map(this.rooms.map((room) => [room.roomId, room])));

  constructor(client: Client) {
    this.topic = new WatchedTopic(client, "roomList", null, applyListChanges);
  }

  get rooms(): readonly RoomSummary[] {
    return this.topic.value ?? none;
  }
  /** False until the core has answered: then an empty list means no rooms. */
  get isLoaded(): boolean {
    return this.topic.value !== null;
  }
  find(roomId: RoomId): RoomSummary | null {
    return this.#byId.get(roomId) ?? null;
  }
}
