import { noDesktop, type DesktopView, type Errand } from "../../../preload/contract/models/desktop.ts";
import type { OpenTopic } from "../../core/api.ts";

type Work<E> = E extends Errand ? Omit<E, "number"> : never;

/** What the page is told of the desktop, and what it is asked to do. One for the life of the process. */
export class DesktopState {
  #view: DesktopView = noDesktop;
  #errands = 0;
  readonly #watchers = new Set<(view: DesktopView) => void>();

  get view(): DesktopView {
    return this.#view;
  }

  set(part: Partial<DesktopView>): void {
    this.#view = { ...this.#view, ...part };
    for (const emit of [...this.#watchers]) emit(this.#view);
  }

  /** The latest wins: who clicks two links wants the second. */
  ask(work: Work<Errand>): void {
    this.set({ errand: { ...work, number: ++this.#errands } });
  }

  done(number: number): void {
    if (this.#view.errand?.number === number) this.set({ errand: null });
  }

  readonly open = (_params: null, emit: (view: DesktopView) => void): OpenTopic<"desktop"> => {
    this.#watchers.add(emit);
    return { snapshot: this.#view, stop: () => void this.#watchers.delete(emit) };
  };
}
