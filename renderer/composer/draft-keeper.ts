import type { Draft } from "../../preload/contract/models/room.ts";

/** Time without a key after which a draft is stored, ms. */
export const DRAFT_MS = 300;

/** Stores the draft of one room, soon after the last key, and at once when asked. */
export class DraftKeeper {
  readonly #save: (draft: Draft | null) => Promise<void>;
  /** What the core has; null while nobody knows. */
  #stored: string | null = null;
  #waiting: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(save: (draft: Draft | null) => Promise<void>) {
    this.#save = save;
  }

  changed(text: string): void {
    this.#waiting = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), DRAFT_MS);
  }

  /** At blur, on leaving the room, when the page goes away. */
  flush(): void {
    clearTimeout(this.#timer);
    const text = this.#waiting;
    this.#waiting = null;
    if (text === null || text === this.#stored) return;
    this.#stored = text;
    this.#save(text === "" ? null : { body: text }).catch(() => {
      // Not stored: the next change tries again, even if it leads back to the same text.
      if (this.#stored === text) this.#stored = null;
    });
  }
}
