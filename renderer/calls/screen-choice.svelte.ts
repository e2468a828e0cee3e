import type { ScreenSource } from "../../preload/contract/models/call.ts";
import type { CallsState } from "../state/calls.svelte.ts";

/** The question which screen or window to share, while it is open. */
export interface ScreenChoice {
  readonly sources: readonly ScreenSource[];
  /** Null: the user changed their mind. */
  answer(id: string | null): void;
}

/** Asks what to share where neither the browser nor the system does (Electron). */
export class ScreenChooser {
  #open = $state.raw<ScreenChoice | null>(null);
  readonly #calls: Pick<CallsState, "listScreens" | "chooseScreen">;

  constructor(calls: Pick<CallsState, "listScreens" | "chooseScreen">) {
    this.#calls = calls;
  }

  /** What the user is being asked, or null. */
  get open(): ScreenChoice | null {
    return this.#open;
  }

  /** Resolves when `getDisplayMedia` may be asked; throws as it would when the user does not want to. */
  async choose(): Promise<void> {
    const sources = await this.#calls.listScreens();
    if (sources === null) return;
    this.#open?.answer(null);
    const id = await new Promise<string | null>((answer) => (this.#open = { sources, answer }));
    this.#open = null;
    if (id === null) throw new DOMException("nothing was chosen", "NotAllowedError");
    await this.#calls.chooseScreen(id);
  }
}
