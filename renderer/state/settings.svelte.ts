import { defaultSettings, type Settings } from "../../preload/contract/models/settings.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** What was asked for: shown until the core refuses it, or sends what came of it. */
interface Asked {
  readonly settings: Settings;
  /** The stored value when the answer came: a newer one replaces what was asked. Undefined before the answer. */
  readonly storedAtAnswer: Settings | null | undefined;
}

/** The preferences of this machine. A change shows at once and is taken back when it could not be stored. */
export class SettingsState {
  readonly topic: WatchedTopic<"settings">;
  #asked = $state.raw<Asked | null>(null);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "settings", null, latest);
  }

  get current(): Settings {
    const stored = this.topic.value;
    const asked = this.#asked;
    if (asked !== null && (asked.storedAtAnswer === undefined || asked.storedAtAnswer === stored))
      return asked.settings;
    return stored ?? defaultSettings;
  }
  get isLoaded(): boolean {
    return this.topic.value !== null;
  }

  async change(part: Partial<Settings>): Promise<void> {
    const settings = { ...this.current, ...part };
    const asked: Asked = { settings, storedAtAnswer: undefined };
    this.#asked = asked;
    try {
      await this.#client.call("saveSettings", { settings });
      if (this.#asked === asked) this.#asked = { settings, storedAtAnswer: this.topic.value };
    } catch (error) {
      if (this.#asked === asked) this.#asked = null;
      throw error;
    }
  }
}
