import { SvelteMap } from "svelte/reactivity";
import type { LinkPreview } from "../../preload/contract/models/link-preview.ts";
import type { Client } from "../bridge/connect.ts";

/** Remembered for the page: rows come and go, rooms are left and entered, and have their height at once. */
const KEPT = 1000;

/** What is known of the pages that messages lead to. */
export class LinkPreviews {
  readonly #found = new SvelteMap<string, LinkPreview>();
  readonly #client: Pick<Client, "call">;
  readonly #isLive: () => boolean;
  #account = 0;

  /** `isLive`: the server can be asked. Read reactively. */
  constructor(client: Pick<Client, "call">, isLive: () => boolean) {
    this.#client = client;
    this.#isLive = isLive;
  }

  /** Null while nothing is known. Reactive. */
  of(url: string): LinkPreview | null {
    return this.#found.get(url) ?? null;
  }

  /**
   * For an effect of whoever shows it: asks once the server is there, and again when it is back. How often a page that
   * nobody could get is asked for is the core's to say, so every new row may ask.
   */
  async ask(url: string): Promise<void> {
    if (!this.#isLive() || this.#found.has(url)) return;
    const account = this.#account;
    const preview = await this.#client.call("loadLinkPreview", { url }).then(
      (answer) => answer.preview,
      () => null,
    );
    if (preview === null || account !== this.#account) return;
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
