import type { Boundaries } from "../../preload/contract/models/person.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** Whom we ignore and whether anybody may invite us, also as another client of ours changes it. */
export class BoundariesState {
  readonly topic: WatchedTopic<"boundaries">;

  constructor(client: Client) {
    this.topic = new WatchedTopic(client, "boundaries", null, latest);
  }

  /** Null until the core has answered. */
  get current(): Boundaries | null {
    return this.topic.value;
  }
}
