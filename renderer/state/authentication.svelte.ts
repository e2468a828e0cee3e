import type { Authentication, StageAnswer } from "../../preload/contract/models/authentication.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** The stage at which a protected request stands, and what the user says to it. */
export class AuthenticationState {
  readonly topic: WatchedTopic<"authentication">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "authentication", null, latest);
  }

  /** Null while nothing is wanted of the user. */
  get current(): Authentication | null {
    return this.topic.value;
  }

  answer(id: string, answer: StageAnswer): Promise<void> {
    return this.#client.call("answerStage", { id, answer });
  }
  /** Goes the way that begins with this stage. */
  choose(id: string, type: string): Promise<void> {
    return this.#client.call("chooseWay", { id, type });
  }
  /** Gives up what asked for it. */
  cancel(id: string): Promise<void> {
    return this.#client.call("cancelAuthentication", { id });
  }
}
