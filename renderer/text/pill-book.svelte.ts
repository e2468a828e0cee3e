import { createContext } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Pill } from "../../preload/contract/models/mentions.ts";

/** How the people and rooms that are mentioned here are called now. */
export interface PillLookup {
  /** Null while it is asked, and for what nobody here knows. */
  find(id: string): Pill | null;
  readonly resourceUrl: (path: string | null) => string | null;
}

/** Most ids of one question (contract: describePills). */
const AT_ONCE = 100;

/** Asks for many pills in one question, and keeps what it was told as long as the room is open. */
export class PillBook implements PillLookup {
  readonly resourceUrl: PillLookup["resourceUrl"];
  readonly #describe: (ids: readonly string[]) => Promise<readonly (Pill | null)[]>;
  readonly #known = new SvelteMap<string, Pill>();
  // Nothing has to react to what was asked, only to what is known.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #asked = new Set<string>();
  #waiting: string[] = [];

  constructor(
    describe: (ids: readonly string[]) => Promise<readonly (Pill | null)[]>,
    resourceUrl: PillLookup["resourceUrl"],
  ) {
    this.#describe = describe;
    this.resourceUrl = resourceUrl;
  }

  find(id: string): Pill | null {
    if (!this.#asked.has(id)) {
      this.#asked.add(id);
      if (this.#waiting.length === 0) queueMicrotask(() => void this.#ask());
      this.#waiting.push(id);
    }
    return this.#known.get(id) ?? null;
  }

  async #ask(): Promise<void> {
    const ids = this.#waiting.splice(0, AT_ONCE);
    if (this.#waiting.length > 0) queueMicrotask(() => void this.#ask());
    try {
      const pills = await this.#describe(ids);
      ids.forEach((id, at) => {
        const pill = pills[at];
        if (pill !== null && pill !== undefined) this.#known.set(id, pill);
      });
    } catch {
      // The words of the message stand; the next look asks again.
      for (const id of ids) this.#asked.delete(id);
    }
  }
}

const [find, provide] = createContext<PillLookup>();

export const providePills = provide;
/** The lookup of the room this stands in, or null outside of one (previews, settings). */
export function usePills(): PillLookup | null {
  try {
    return find();
  } catch {
    return null;
  }
}
