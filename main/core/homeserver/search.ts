import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask, withSignal } from "./endpoint.ts";
import type { Http } from "./http.ts";

export interface ServerSearchRequest {
  readonly term: string;
  readonly rooms: readonly RoomId[];
  /** Null: anybody. */
  readonly senders: readonly UserId[] | null;
  readonly limit: number;
  /** From the page before; null for the first. */
  readonly nextBatch: string | null;
  readonly signal?: AbortSignal;
}

export interface ServerSearchPage {
  /** Events with their room ids, newest first, unchecked. */
  readonly events: readonly unknown[];
  readonly nextBatch: string | null;
  /** Words the server found, which may be other forms of those asked for. */
  readonly highlights: readonly string[];
}

/** `POST /search` among message bodies, newest first. */
export function searchServer(http: Http, request: ServerSearchRequest): Promise<Result<ServerSearchPage>> {
  const { term, rooms, senders, limit, nextBatch, signal } = request;
  return ask(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/search",
      query: nextBatch === null ? {} : { next_batch: nextBatch },
      body: {
        search_categories: {
          room_events: {
            search_term: term,
            keys: ["content.body"],
            filter: { rooms, limit, ...(senders === null ? {} : { senders }) },
            order_by: "recent",
            event_context: { before_limit: 0, after_limit: 0, include_profile: false },
          },
        },
      },
      timeoutMs: 60_000,
      ...withSignal(signal),
    },
    (answer) => {
      const found = objectOf(objectOf(answer, "search_categories"), "room_events");
      const results: readonly unknown[] = Array.isArray(found["results"]) ? found["results"] : [];
      const words: readonly unknown[] = Array.isArray(found["highlights"]) ? found["highlights"] : [];
      const next = stringOf(found, "next_batch");
      return {
        events: results.filter(isObject).map((one) => one["result"]),
        // The same token again would make us ask for ever.
        nextBatch: next === null || next === "" || next === nextBatch ? null : next,
        highlights: words.filter((word) => typeof word === "string").slice(0, 100),
      };
    },
  );
}
