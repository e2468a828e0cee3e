import type { DownloadView } from "../../preload/contract/models/attachment.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** Files on their way from the server. */
export class DownloadsState {
  readonly #topic: WatchedTopic<"downloads">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.#topic = new WatchedTopic(client, "downloads", null, latest);
  }

  /** How far the file of this path below the resources base is; null while it is not under way. */
  of(path: string | null): DownloadView | null {
    return path === null ? null : (this.#topic.value?.find((one) => one.path === path) ?? null);
  }

  cancel(path: string): void {
    // One that has come meanwhile is there: nothing is to be said about that.
    this.#client.call("cancelDownload", { path }).catch(() => undefined);
  }
}
