import type { SpaceView } from "../../preload/contract/models/space.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

const none: readonly SpaceView[] = [];

/** The spaces we are in: each top one followed by those within it. */
export class SpacesState {
  readonly topic: WatchedTopic<"spaces">;

  constructor(client: Client) {
    this.topic = new WatchedTopic(client, "spaces", null, latest);
  }

  get all(): readonly SpaceView[] {
    return this.topic.value ?? none;
  }
  find(roomId: RoomId | null): SpaceView | null {
    return roomId === null ? null : (this.all.find((space) => space.roomId === roomId) ?? null);
  }
}
