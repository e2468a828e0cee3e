/** A notice is repeated this often while keys are pressed, ms; servers forget it later than that. */
export const REPEAT_MS = 4000;
/** Without a key for this long nobody is typing, ms. */
export const IDLE_MS = 6000;

/** Tells the room that someone is typing, seldom enough to cost nothing per key. */
export class TypingNotice {
  readonly #tell: (isTyping: boolean) => void;
  #toldAt: number | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #lastKeyAt = 0;

  constructor(tell: (isTyping: boolean) => void) {
    this.#tell = tell;
  }

  /** A key changed the text. */
  typed(): void {
    const now = Date.now();
    this.#lastKeyAt = now;
    if (this.#toldAt === null || now - this.#toldAt >= REPEAT_MS) {
      this.#toldAt = now;
      this.#tell(true);
    }
    // One timer for many keys: it looks at the last key when it rings.
    this.#idle ??= setTimeout(() => this.#rang(), IDLE_MS);
  }

  /** Sent, emptied, or left. */
  stop(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    if (this.#toldAt === null) return;
    this.#toldAt = null;
    this.#tell(false);
  }

  #rang(): void {
    this.#idle = undefined;
    const left = this.#lastKeyAt + IDLE_MS - Date.now();
    if (left <= 0) this.stop();
    else this.#idle = setTimeout(() => this.#rang(), left);
  }
}
