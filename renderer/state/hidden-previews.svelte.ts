import { SvelteSet } from "svelte/reactivity";
import type { EventId } from "../../preload/contract/ids.ts";

const KEY = "dunlin.hidden-previews";
const KEPT = 500;

/** Messages whose previews somebody has put away, on this computer. Losing it costs one click: the page keeps it. */
export class HiddenPreviews {
  readonly #ids: SvelteSet<EventId>;
  readonly #storage: Pick<Storage, "getItem" | "setItem">;

  constructor(storage: Pick<Storage, "getItem" | "setItem">) {
    this.#storage = storage;
    this.#ids = new SvelteSet(load(storage));
  }

  /** Reactive. */
  has(eventId: EventId): boolean {
    return this.#ids.has(eventId);
  }

  toggle(eventId: EventId): void {
    if (!this.#ids.delete(eventId)) this.#ids.add(eventId);
    this.#save();
  }

  /** After signing out nothing tells what was read here. */
  forget(): void {
    this.#ids.clear();
    this.#save();
  }

  #save(): void {
    try {
      this.#storage.setItem(KEY, JSON.stringify([...this.#ids].slice(-KEPT)));
    } catch {
      // A full storage forgets; for this run it is known.
    }
  }
}

function load(storage: Pick<Storage, "getItem">): readonly EventId[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is EventId => typeof id === "string") : [];
  } catch {
    return [];
  }
}
