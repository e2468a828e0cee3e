import type { AccountView } from "../../preload/contract/models/accounts.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** The accounts in this window, and the requests that change which there are. */
export class AccountsState {
  readonly topic: WatchedTopic<"accounts">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "accounts", null, latest);
  }

  get all(): readonly AccountView[] {
    return this.topic.value ?? [];
  }
  /** The one whose rooms are shown. */
  get active(): AccountView | null {
    return this.all.find(({ isActive }) => isActive) ?? null;
  }
  /** Those one could turn to. */
  get others(): readonly AccountView[] {
    return this.all.filter(({ isActive }) => !isActive);
  }

  add(): Promise<void> {
    return this.#client.call("addAccount", {});
  }
  show(accountId: string): Promise<void> {
    return this.#client.call("switchAccount", { accountId });
  }
  remove(accountId: string): Promise<void> {
    return this.#client.call("removeAccount", { accountId });
  }
}
