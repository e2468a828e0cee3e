import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { LinkPreview } from "../../preload/contract/models/link-preview.ts";
import type { Client } from "../bridge/connect.ts";

/** Remembered for the page: rows come and go, rooms are left and entered, and have their height at once. */
const KEPT = 1000;

/** What is known of the pages that messages lead to. */
export class LinkPreviews {
  readonly #found = new SvelteMap<string, LinkPreview | null>();
  readonly #client: Pick<Client, "call">;
  readonly #isLive: () => boolean;
  #account = 0;

  /** `isLive`: the server can be asked. Read reactively. */
  constructor(client: Pick<Client, "call">, isLive: () => boolean) {
    this.#client = client;
    this.#isLive = isLive;
  }

  /** Null where there is nothing to show, undefined while nobody has answered. Reactive. */
  of(url: string): LinkPreview | null | undefined {
    return this.#found.get(url);
  }

  /**
   * For an effect of whoever shows it: asks once the server is there, and again when it is back. How often a page that
   * nobody could get is asked for is the core's to say, so every new row may ask.
   */
  async ask(url: string): Promise<void> {
    if (!this.#isLive() || untrack(() => this.#found.get(url))) return;
    const account = this.#account;
    const preview = await this.#client.call("loadLinkPreview", { url }).then(
      (answer) => answer.preview,
      () => null,
    );
    if (account !== this.#account) return;
    this.#found.set(url, preview);
    // Those found first are of places left long ago.
    if (this.#found.size > KEPT) this.#found.delete(this.#found.keys().next().value ?? "");
  }

  /** What one account's server has found is nothing for the next. */
  forget(): void {
    this.#account += 1;
    this.#found.clear();
  }
}
