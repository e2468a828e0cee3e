import type { TimelineState } from "../state/timeline.svelte.ts";
import type { LogView } from "./log-view.svelte.ts";

// Older history is asked for well before its place comes into view.

/** Heights of the view above the reader that should be loaded; more while going up, so that the top is never met. */
const SCREENS = 2;
const SCREENS_MOVING_UP = 4;

export class OlderHistory {
  readonly #timeline: TimelineState;
  readonly #view: LogView;
  #isAsking = false;
  /** Not before the reader moves: asking again by itself after a refusal would be a loop. */
  #refusedAt: number | null = null;

  constructor(timeline: TimelineState, view: LogView) {
    this.#timeline = timeline;
    this.#view = view;
  }

  askIfNear(): void {
    const { model } = this.#view;
    if (this.#isAsking || !this.#timeline.isLoaded || this.#timeline.older !== "idle") return;
    const screens = model.isMovingUp && !model.isAtEnd ? SCREENS_MOVING_UP : SCREENS;
    if (model.top > screens * model.view || this.#refusedAt === model.top) return;
    void this.#ask();
  }

  retry(): void {
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#refusedAt = null;
    try {
      await this.#timeline.paginate();
    } catch {
      // Why is said by `older`; here only that it was in vain.
      this.#refusedAt = this.#view.model.top;
    }
    this.#isAsking = false;
    this.askIfNear();
  }
}
