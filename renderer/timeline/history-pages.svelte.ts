import type { Failure } from "../../preload/contract/models/failure.ts";
import type { PageDirection, PageState } from "../../preload/contract/models/timeline.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import type { LogView } from "./log-view.svelte.ts";

// History is asked for well before its place comes into view: older above, and where the end is not the present, newer
// below.

/** Heights of the view beyond the reader that should be loaded; more in the direction of movement, so that no end is met. */
const SCREENS = 2;
const SCREENS_AHEAD = 4;
/** Failures that say something about the way to the server, not about the history. */
const ofConnection: ReadonlySet<Failure["kind"]> = new Set(["offline", "timeout", "unavailable"]);

export class HistoryPages {
  readonly #timeline: TimelineState;
  readonly #view: LogView;
  readonly #direction: PageDirection;
  #isAsking = false;
  /** Not before the reader moves: asking again by itself after a refusal would be a loop. */
  #refusedAt: number | null = null;

  constructor(timeline: TimelineState, view: LogView, direction: PageDirection) {
    this.#timeline = timeline;
    this.#view = view;
    this.#direction = direction;
  }

  askIfNear(): void {
    if (this.#isAsking || !this.#timeline.isLoaded || this.#state !== "idle") return;
    if (!this.#isNear() || this.#refusedAt === this.#view.model.top) return;
    void this.#ask();
  }

  /** The server is back: what failed without it is asked for once more, nobody has to press a button for that. */
  reconnected(): void {
    const state = this.#state;
    if (this.#isAsking || typeof state === "string" || !this.#isNear()) return;
    if (ofConnection.has(state.failed.kind)) void this.#ask();
  }

  retry(): void {
    void this.#ask();
  }

  get #state(): PageState {
    return this.#direction === "backward" ? this.#timeline.older : this.#timeline.newer;
  }

  #isNear(): boolean {
    const { model } = this.#view;
    if (this.#direction === "backward") {
      const screens = model.isMovingUp && !model.isAtEnd ? SCREENS_AHEAD : SCREENS;
      return model.top <= screens * model.view;
    }
    const screens = model.isMovingUp ? SCREENS : SCREENS_AHEAD;
    return model.total - model.top - model.view <= screens * model.view;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#refusedAt = null;
    try {
      await this.#timeline.paginate(this.#direction);
    } catch {
      // Why is said by the state; here only that it was in vain.
      this.#refusedAt = this.#view.model.top;
    }
    this.#isAsking = false;
    this.askIfNear();
  }
}
