import type { Connection } from "../../preload/contract/models/session.ts";
import type { Client, Link } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** The value of `<html data-connection>` (automation.md). */
export type ConnectionName =
  "signed-out" | "starting" | "catching-up" | "live" | "offline" | "signed-out-soft";

/** Both links: page to core, and core to homeserver. */
export class ConnectionState {
  readonly topic: WatchedTopic<"connection">;
  #link = $state.raw<Link>("connecting");
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "connection", null, latest);
    this.#link = client.link;
    client.onLink((link) => {
      this.#link = link;
    });
  }

  get current(): Connection {
    return this.topic.value ?? { state: "starting" };
  }
  get link(): Link {
    return this.#link;
  }
  get name(): ConnectionName {
    return connectionName(this.#link, this.current);
  }

  /** The system says that the network is back. */
  /** What somebody who helps wants to know. */
  async loadDiagnostics(): Promise<string> {
    return (await this.#client.call("loadDiagnostics", {})).text;
  }

  /** Everything the server can give is loaded anew. Fails when the disk refuses. */
  async resetCache(): Promise<void> {
    await this.#client.call("resetCache", {});
  }

  async networkIsBack(): Promise<void> {
    await this.#client.call("networkIsBack", {});
  }
}

/** Without the core nothing leaves and nothing comes: that is offline, whatever was true before. */
export function connectionName(link: Link, connection: Connection): ConnectionName {
  if (link === "down" || link === "outdated" || link === "elsewhere") return "offline";
  return connection.state === "stopped" ? "offline" : connection.state;
}
