import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { failed } from "../failure.ts";
import type { TimelineEntry } from "./items.ts";
import { isPollStart } from "./poll.ts";
import { keepRelated, type RelatedEventsDeps } from "./related-events.ts";

// The votes in polls that somebody jumped to: people voted later than the stretch around the question reaches.

export interface PollVotesDeps extends RelatedEventsDeps {
  readonly roomId: RoomId;
  /** Votes are here that were not. */
  readonly onKept: () => void;
}

export class PollVotes {
  readonly #deps: PollVotesDeps;
  readonly #asked = new Set<EventId>();
  #isStopped = false;

  constructor(deps: PollVotesDeps) {
    this.#deps = deps;
  }

  /** Asks once for the votes in each poll among these, and not again where the server does not answer. */
  want(entries: readonly TimelineEntry[]): void {
    for (const { row } of entries) {
      if (!isPollStart(row.type) || this.#asked.has(row.eventId)) continue;
      this.#asked.add(row.eventId);
      // Not before the caller has built what it is building.
      queueMicrotask(() => void this.#ask(row.eventId));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #ask(poll: EventId): Promise<void> {
    const { roomId, onKept } = this.#deps;
    const stopped = failed({ kind: "offline", message: "nobody looks any more" } as const);
    const fetchRelations: RelatedEventsDeps["fetchRelations"] = async (request) => {
      if (this.#isStopped) return stopped;
      const answer = await this.#deps.fetchRelations(request);
      return this.#isStopped ? stopped : answer;
    };
    await keepRelated({ ...this.#deps, fetchRelations }, roomId, poll, "m.reference");
    if (!this.#isStopped) onKept();
  }
}
