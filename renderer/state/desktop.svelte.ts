import type { Result } from "../../preload/contract/frames.ts";
import { noDesktop, type DesktopView, type Foundation } from "../../preload/contract/models/desktop.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** The desktop around the page: lock, updates, errands from outside. In a browser all of it is off. */
export class DesktopAround {
  readonly topic: WatchedTopic<"desktop">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "desktop", null, latest);
  }

  get view(): DesktopView {
    return this.topic.value ?? noDesktop;
  }

  errandDone(number: number): Promise<void> {
    return this.#client.call("errandDone", { number });
  }
  setAutostart(isOn: boolean): Promise<void> {
    return this.#client.call("setAutostart", { isOn });
  }
  checkForUpdate(): Promise<void> {
    return this.#client.call("checkForUpdate", {});
  }
  restartToUpdate(): Promise<void> {
    return this.#client.call("restartToUpdate", {});
  }
  lock(): Promise<void> {
    return this.#client.call("lockApp", {});
  }
  /** Answers whether it was the passphrase. */
  async unlock(passphrase: string): Promise<boolean> {
    return (await this.#client.call("unlockApp", { passphrase })).isOpen;
  }
  /** Answers whether `current` was the passphrase. */
  async setPassphrase(current: string | null, next: string | null): Promise<boolean> {
    return (await this.#client.call("setPassphrase", { current, next })).isDone;
  }
  /** Answers false when the user declined. */
  async saveLogs(): Promise<boolean> {
    return (await this.#client.call("saveLogs", {})).isSaved;
  }
  /** Answers how many; null when the user declined. */
  async saveCrashReports(): Promise<number | null> {
    return (await this.#client.call("saveCrashReports", {})).saved;
  }
  loadLicences(): Promise<Result<"loadLicences">> {
    return this.#client.call("loadLicences", {});
  }
  showLicence(of: Foundation): Promise<void> {
    return this.#client.call("showLicence", { of });
  }
}
