import type { DirectoryPage, FoundRoom } from "../../preload/contract/models/directory.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { AppState } from "../state/app.svelte.ts";
import { failureOf } from "../state/failure-of.ts";
import type { RoomAddress } from "../text/room-address.ts";

/** What was found so far; a new question makes the answers to older ones worthless. */
export class Directory {
  rooms = $state.raw<readonly FoundRoom[]>([]);
  estimate = $state.raw<number | null>(null);
  next = $state.raw<string | null>(null);
  isLoading = $state(false);
  /** Something was asked and answered. */
  isAnswered = $state(false);
  failure = $state.raw<Failure | null>(null);
  readonly #app: Pick<AppState, "ask">;
  #order: { term: string; server: string | null } = { term: "", server: null };
  #turn = 0;

  constructor(app: Pick<AppState, "ask">) {
    this.#app = app;
  }

  search(term: string, server: string | null): Promise<void> {
    this.#order = { term, server };
    return this.#run(
      () => this.#app.ask("loadDirectory", { ...this.#order, since: null }),
      (page) => page.rooms,
    );
  }

  more(): Promise<void> {
    const since = this.next;
    const known = this.rooms;
    return this.#run(
      () => this.#app.ask("loadDirectory", { ...this.#order, since }),
      // A room that moved between the pages is listed once.
      (page) => [
        ...known,
        ...page.rooms.filter((room) => !known.some((other) => other.roomId === room.roomId)),
      ],
      known,
    );
  }

  /** One room, by its address. */
  look({ address, via }: RoomAddress): Promise<void> {
    return this.#run(
      async (): Promise<DirectoryPage> => {
        const room = await this.#app.ask("previewRoom", { address, via: via.slice() });
        return { rooms: [room], estimate: null, next: null };
      },
      (page) => page.rooms,
    );
  }

  async #run(
    ask: () => Promise<DirectoryPage>,
    shown: (page: DirectoryPage) => readonly FoundRoom[],
    meanwhile: readonly FoundRoom[] = [],
  ): Promise<void> {
    const turn = ++this.#turn;
    this.isLoading = true;
    this.failure = null;
    try {
      const page = await ask();
      if (turn !== this.#turn) return;
      this.rooms = shown(page);
      this.next = page.next;
      this.estimate = page.estimate;
      this.isAnswered = true;
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.failure = failureOf(cause);
      this.rooms = meanwhile;
    }
    this.isLoading = false;
  }
}
