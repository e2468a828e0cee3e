import type { RoomChange } from "../../preload/contract/models/room-details.ts";
import { failureOf } from "../state/failure-of.ts";
import type { RoomDetailsState } from "../state/room-details.svelte.ts";
import { changeSentence, strings } from "../text/room-strings.ts";

/** Which field a change belongs to. */
export type Place = Exclude<RoomChange["what"], "needed-level"> | `needed-level ${string}`;

const placeOf = (change: RoomChange): Place =>
  change.what === "needed-level" ? `needed-level ${change.of} ${change.key}` : change.what;

type Troubles = Readonly<Partial<Record<Place, string>>>;

/** What is changed in the panel, and what went wrong with it, each at the field it belongs to. */
export class RoomChanges {
  readonly #details: RoomDetailsState;
  #troubles = $state.raw<Troubles>({});
  /** The newest trouble, for those who do not see the field. */
  newest = $state<string | null>(null);

  constructor(details: RoomDetailsState) {
    this.#details = details;
  }

  /** True when it was changed. */
  async change(wanted: RoomChange): Promise<boolean> {
    const place = placeOf(wanted);
    this.dismiss(place);
    try {
      await this.#details.change(wanted);
      return true;
    } catch (cause) {
      const text = strings.details.notSaved(changeSentence(wanted, failureOf(cause)));
      this.#troubles = { ...this.#troubles, [place]: text };
      this.newest = text;
      return false;
    }
  }
  errorOf(place: Place): string | null {
    return this.#troubles[place] ?? null;
  }
  /** What was typed is another thing now. */
  dismiss(place: Place): void {
    if (this.#troubles[place] === undefined) return;
    const others = Object.entries(this.#troubles).filter(([at]) => at !== place);
    this.#troubles = Object.fromEntries(others);
    this.newest = null;
  }
}
