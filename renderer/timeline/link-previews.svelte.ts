import { SvelteMap } from "svelte/reactivity";
import type { LinkPreview } from "../../preload/contract/models/link-preview.ts";
import { parseMatrixLink } from "../../preload/contract/matrix-link.ts";
import { linkify } from "../text/linkify.ts";

/** The first web page a text leads to; rooms and people are no pages. */
export function firstPage(text: string): string | null {
  for (const piece of linkify(text))
    if (piece.type === "link" && /^https?:/i.test(piece.href) && parseMatrixLink(piece.href) === null)
      return piece.href;
  return null;
}

/** What is known of the pages that messages of a log lead to: rows come and go, and have their height at once. */
export class LinkPreviews {
  readonly #found = new SvelteMap<string, LinkPreview | null>();
  readonly #load: (url: string) => Promise<LinkPreview | null>;

  constructor(load: (url: string) => Promise<LinkPreview | null>) {
    this.#load = load;
  }

  /** Null until it is known. Reactive. */
  of(url: string): LinkPreview | null {
    return this.#found.get(url) ?? null;
  }

  async ask(url: string): Promise<void> {
    if (this.#found.has(url)) return;
    // Not for ever: the next row with it asks again.
    const preview = await this.#load(url).catch(() => undefined);
    if (preview !== undefined) this.#found.set(url, preview);
  }
}
