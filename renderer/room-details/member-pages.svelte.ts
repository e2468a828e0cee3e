import { SvelteMap } from "svelte/reactivity";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Member, MemberGroup } from "../../preload/contract/models/room-details.ts";
import type { AppState } from "../state/app.svelte.ts";
import { failureOf } from "../state/failure-of.ts";

interface Order {
  readonly query: string;
  readonly group: MemberGroup;
  readonly revision: number;
}

/** Members the core answers with at once. */
const PAGE = 100;

/** The stretches of a members list that were looked at; the rest is only counted. */
export class MemberPages {
  total = $state.raw(0);
  isAnswered = $state(false);
  failure = $state.raw<Failure | null>(null);
  readonly #pages = new SvelteMap<number, readonly Member[]>();
  // Not shown: what is, is told by the pages.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #asked = new Set<number>();
  readonly #app: Pick<AppState, "ask">;
  readonly #roomId: RoomId;
  #order: Order = { query: "", group: "join", revision: -2 };
  #shown: readonly [number, number] = [0, 0];

  constructor(app: Pick<AppState, "ask">, roomId: RoomId) {
    this.#app = app;
    this.#roomId = roomId;
  }

  /** Null while it is on its way. */
  at(index: number): Member | null {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null;
  }

  /** What is shown stays until the answer comes, so that nothing flickers when somebody joins. */
  show(order: Order): void {
    const isOther = order.query !== this.#order.query || order.group !== this.#order.group;
    this.#order = order;
    this.#asked.clear();
    if (isOther) {
      this.#pages.clear();
      this.#shown = [0, 0];
    }
    this.need(...this.#shown);
  }

  /** These rows are to be seen. */
  need(first: number, last: number): void {
    this.#shown = [first, last];
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
      if (this.#asked.has(page)) continue;
      this.#asked.add(page);
      void this.#load(page, this.#order);
    }
  }

  async #load(page: number, order: Order): Promise<void> {
    const { query, group } = order;
    try {
      const params = { roomId: this.#roomId, group, query, from: page * PAGE };
      const answer = await this.#app.ask("loadMembers", params);
      if (order !== this.#order) return;
      this.failure = null;
      this.#pages.set(page, answer.members);
      this.total = answer.total;
      this.isAnswered = true;
    } catch (cause) {
      if (order === this.#order) this.failure = failureOf(cause);
    }
  }
}
