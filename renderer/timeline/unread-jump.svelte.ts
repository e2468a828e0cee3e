import { untrack } from "svelte";
import type { AppState } from "../state/app.svelte.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { arrivedAfter } from "./arrivals.ts";
import type { LogView } from "./log-view.svelte.ts";

/** Key of the row of the "New" line. */
const LINE = "read-marker";

/** The way back to where what is new begins, while that is above the view or not loaded. */
export class UnreadJump {
  readonly #app: AppState;
  readonly #timeline: TimelineState;
  readonly #view: LogView;
  /** Where the news that were looked at, or waved away, begin. */
  #done = $state.raw<string | null>(null);

  constructor(app: AppState, timeline: TimelineState, view: LogView) {
    this.#app = app;
    this.#timeline = timeline;
    this.#view = view;
  }

  readonly #isLoaded = $derived.by(() => this.#timeline.items.some(({ id }) => id === LINE));
  /** Names the news: the first of them, or the last event before them. */
  readonly #which = $derived.by((): string | null => {
    const { items, newAfter } = this.#timeline;
    if (!this.#isLoaded) return newAfter;
    return items[items.findIndex(({ id }) => id === LINE) + 1]?.id ?? null;
  });

  readonly isShown = $derived.by((): boolean => {
    if (this.#timeline.focusId !== null || this.#timeline.thread !== null) return false;
    if (this.#which === null || this.#which === this.#done) return false;
    return !this.#isLoaded || this.#view.isAbove(LINE);
  });

  /** Messages of others that are new; `isMore`: and some that are not loaded. */
  readonly count = $derived.by((): number =>
    this.isShown ? arrivedAfter(this.#timeline.items, LINE).length : 0,
  );
  readonly isMore = $derived.by((): boolean => !this.#isLoaded);

  /** The line was in view: whoever scrolls on needs no way back. For an effect. */
  follow(): void {
    if (this.#isLoaded && this.#view.isInView(LINE)) untrack(() => (this.#done = this.#which));
  }

  go(): void {
    const { newAfter, roomId } = this.#timeline;
    this.#done = this.#which;
    if (this.#isLoaded) this.#view.goToItem(LINE);
    else if (newAfter !== null) this.#app.openEvent(roomId, newAfter);
  }

  dismiss(): void {
    this.#done = this.#which;
  }
}
