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

/** What was missed of a thread lies after these. A page of the newest that meets what was whole closes it. */
export interface Hole {
  readonly before: ReadonlySet<EventId>;
  /** They were all there was, from the root on. */
  readonly wasWhole: boolean;
}

/** Asks the server for the replies of one thread, newest first. It never tries again by itself. */
export class ThreadLoader {
  readonly #deps: ThreadLoaderDeps;
  #state: PageState = "idle";
  /** Where the next page begins; null: nothing was asked yet, or it is to begin anew. */
  #token: string | null = null;
  #floor: EventId | null = null;
  #hole: Hole | null = null;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(deps: ThreadLoaderDeps) {
    this.#deps = deps;
  }

  get state(): PageState {
    return this.#state;
  }

  /** Something was missed after what was here; null once the newest replies are here again. */
  get hole(): Hole | null {
    return this.#hole;
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
    const wasWhole = this.#state === "exhausted";
    if (wasWhole) this.#state = "loading";
    // What came between two holes is not joined to what was here before the first.
    this.#hole ??= { before, wasWhole };
    if (wasWhole && !this.#hole.wasWhole) this.#hole = { ...this.#hole, wasWhole };
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
    const hole = this.#hole;
    // An older page says nothing of what came since.
    if (from === null) this.#hole = null;
    // What is joined to what was whole leaves that as it is.
    if (from === null && hole?.wasWhole === true && events.some(({ eventId }) => hole.before.has(eventId))) {
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
