import type { Draft } from "../../preload/contract/models/room.ts";

/** Time without a key after which a draft is stored, ms. */
export const DRAFT_MS = 300;

interface Waiting {
  readonly text: string;
  readonly answers: string;
}

/** Stores the draft of one room, soon after the last key, and at once when asked. */
export class DraftKeeper {
  readonly #save: (draft: Draft | null) => Promise<void>;
  /** What the core has; null while nobody knows. */
  #stored: Waiting | null = null;
  #waiting: Waiting | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(save: (draft: Draft | null) => Promise<void>) {
    this.#save = save;
  }

  /** `answers` names the message that is answered; '' for none. */
  changed(text: string, answers = ""): void {
    this.#waiting = { text, answers };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), DRAFT_MS);
  }

  /** At blur, on leaving the room, when the page goes away. */
  flush(): void {
    clearTimeout(this.#timer);
    const draft = this.#waiting;
    this.#waiting = null;
    const isSame = draft?.text === this.#stored?.text && draft?.answers === this.#stored?.answers;
    if (draft === null || isSame) return;
    this.#stored = draft;
    const isEmpty = draft.text === "" && draft.answers === "";
    this.#save(isEmpty ? null : { body: draft.text }).catch(() => {
      // Not stored: the next change tries again, even if it leads back to the same text.
      if (this.#stored === draft) this.#stored = null;
    });
  }
}
