import type { Draft } from "../../preload/contract/models/room.ts";

/** Time without a key after which a draft is stored, ms. */
export const DRAFT_MS = 300;

interface Waiting {
  readonly text: string;
  readonly beside: string;
}

/** Stores the draft of one room, soon after the last key, and at once when asked. */
export class DraftKeeper {
  readonly #save: (draft: Draft | null) => Promise<void>;
  readonly #read: () => void;
  /** What is stored stands in the field. Before, nothing is saved: it would take the place of what nobody has read. */
  #isOpen = false;
  /** What the core has; null while nobody knows. */
  #stored: Waiting | null = null;
  #waiting: Waiting | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `read` asks for what is stored; called when something waits for that. */
  constructor(save: (draft: Draft | null) => Promise<void>, read: () => void = () => {}) {
    this.#save = save;
    this.#read = read;
  }

  /** What is stored was read. What waited was the field without it. */
  open(): void {
    clearTimeout(this.#timer);
    this.#waiting = null;
    this.#isOpen = true;
  }

  /** Something was sent, and the core has taken its draft away, whatever stands in the field by now. */
  sent(): void {
    this.#stored = null;
  }

  /** `beside` names what is kept with the text; '' for nothing. */
  changed(text: string, beside = ""): void {
    this.#waiting = { text, beside };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), DRAFT_MS);
  }

  /** At blur, on leaving the room, when the page goes away. */
  flush(): void {
    clearTimeout(this.#timer);
    const draft = this.#waiting;
    if (draft === null) return;
    if (!this.#isOpen) return this.#read();
    this.#waiting = null;
    if (draft.text === this.#stored?.text && draft.beside === this.#stored.beside) return;
    this.#stored = draft;
    const isEmpty = draft.text === "" && draft.beside === "";
    this.#save(isEmpty ? null : { body: draft.text }).catch(() => {
      // Not stored: the next occasion tries again, be it a key that leads back to the same text, or leaving the room.
      if (this.#stored !== draft) return;
      this.#stored = null;
      this.#waiting ??= draft;
    });
  }
}
