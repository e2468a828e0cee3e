import type { Failure } from "../../preload/contract/models/failure.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import type { LogView } from "./log-view.svelte.ts";

// Older history is asked for well before its place comes into view.

/** Heights of the view above the reader that should be loaded; more while going up, so that the top is never met. */
const SCREENS = 2;
const SCREENS_MOVING_UP = 4;
/** Failures that say something about the way to the server, not about the history. */
const ofConnection: ReadonlySet<Failure["kind"]> = new Set(["offline", "timeout", "unavailable"]);

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
    if (this.#isAsking || !this.#timeline.isLoaded || this.#timeline.older !== "idle") return;
    if (!this.#isNear() || this.#refusedAt === this.#view.model.top) return;
    void this.#ask();
  }

  /** The server is back: what failed without it is asked for once more, nobody has to press a button for that. */
  reconnected(): void {
    const { older } = this.#timeline;
    if (this.#isAsking || typeof older === "string" || !this.#isNear()) return;
    if (ofConnection.has(older.failed.kind)) void this.#ask();
  }

  retry(): void {
    void this.#ask();
  }

  #isNear(): boolean {
    const { model } = this.#view;
    const screens = model.isMovingUp && !model.isAtEnd ? SCREENS_MOVING_UP : SCREENS;
    return model.top <= screens * model.view;
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
