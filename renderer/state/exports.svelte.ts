import type { ExportJob, ExportOrder } from "../../preload/contract/models/export.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** The archive that is being written, or was. */
export class ExportsState {
  readonly topic: WatchedTopic<"exports">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "exports", null, latest);
  }

  /** Null when there is none, or nothing is known yet. */
  get job(): ExportJob | null {
    return this.topic.value?.job ?? null;
  }
  get canShow(): boolean {
    return this.topic.value?.canShow ?? false;
  }
  get asksForFolder(): boolean {
    return this.topic.value?.asksForFolder ?? false;
  }

  start(order: ExportOrder): Promise<{ isStarted: boolean }> {
    return this.#client.call("startExport", { order });
  }
  retry(): Promise<void> {
    return this.#client.call("retryExport", {});
  }
  cancel(): Promise<void> {
    return this.#client.call("cancelExport", {});
  }
  show(): Promise<void> {
    return this.#client.call("showExport", {});
  }
}
