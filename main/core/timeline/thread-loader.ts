import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { PageState } from "../../../preload/contract/models/timeline.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import type { Failure } from "../failure.ts";
import { threadRootIn } from "./bundle.ts";
import type { FetchRelations } from "./related-events.ts";

/** Replies asked for at once. */
const PAGE = 50;

export interface ThreadLoaderDeps {
  readonly roomId: RoomId;
  readonly root: EventId;
  readonly fetchRelations: FetchRelations;
  /** Replies came, newest first: to be stored. */
  readonly keep: (events: readonly MatrixEvent[]) => void;
  /** From which reply on nothing is missing; null: from the root on. */
  readonly onFloor: (floor: EventId | null) => void;
  /** They are stored, and what is whole is known. */
  readonly onKept: () => void;
  readonly onChange: () => void;
  readonly onUnauthorized: (failure: Failure) => void;
}

/** Asks the server for the replies of one thread, newest first. It never tries again by itself. */
export class ThreadLoader {
  readonly #deps: ThreadLoaderDeps;
  #state: PageState = "idle";
  /** Where the next page begins; null: nothing was asked yet, or it is to begin anew. */
  #token: string | null = null;
  #floor: EventId | null = null;
  /** A hole has opened: what was whole from the root on before it. A page that meets it closes the hole. */
  #before: ReadonlySet<EventId> | null = null;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(deps: ThreadLoaderDeps) {
    this.#deps = deps;
  }

  get state(): PageState {
    return this.#state;
  }

  /** The next page; joins one that is under way. */
  load(): Promise<void> {
    if (this.#state === "exhausted" || this.#isStopped) return Promise.resolve();
    this.#running ??= this.#ask(this.#token).finally(() => {
      this.#running = null;
      if (!this.#isStopped) this.#deps.onChange();
    });
    return this.#running;
  }

  /** Something of the room was missed: the newest replies are asked for again. `before`: what was here until then. */
  async renew(before: ReadonlySet<EventId>): Promise<void> {
    this.#openHole(before);
    await this.#running;
    if (this.#isStopped) return;
    // A page that was under way may have been the last one.
    this.#openHole(before);
    this.#token = null;
    this.#running ??= this.#ask(null).finally(() => {
      this.#running = null;
      if (!this.#isStopped) this.#deps.onChange();
    });
    await this.#running;
  }

  /** From here on the thread is not whole any more. */
  #openHole(before: ReadonlySet<EventId>): void {
    if (this.#state !== "exhausted") return;
    this.#before ??= before;
    this.#state = "loading";
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #ask(from: string | null): Promise<void> {
    const { roomId, root } = this.#deps;
    this.#state = "loading";
    queueMicrotask(() => {
      if (!this.#isStopped && this.#state === "loading") this.#deps.onChange();
    });
    const answer = await this.#deps.fetchRelations({
      ...{ roomId, eventId: root, relType: "m.thread", limit: PAGE, from },
    });
    if (this.#isStopped) return;
    if (!answer.ok) {
      if (answer.failure.kind === "unauthorized") this.#deps.onUnauthorized(answer.failure);
      this.#state = { failed: answer.failure };
      return;
    }
    const events = answer.value.chunk
      .map(parseEvent)
      // A server that answers with something else has not answered.
      .filter((event) => event !== null && threadRootIn(event.content) === root) as MatrixEvent[];
    this.#deps.keep(events);
    const before = this.#before;
    this.#before = null;
    // What is joined to what was whole leaves that as it is.
    if (before !== null && events.some(({ eventId }) => before.has(eventId))) {
      this.#state = "exhausted";
      return this.#deps.onKept();
    }
    this.#token = answer.value.nextBatch;
    const isEnd = this.#token === null || events.length === 0;
    this.#state = isEnd ? "exhausted" : "idle";
    this.#floor = isEnd ? null : (events.at(-1)?.eventId ?? this.#floor);
    this.#deps.onFloor(this.#floor);
    this.#deps.onKept();
  }
}
