import type { Result } from "../failure.ts";
import type { SyncQueries } from "../store/queries/sync.ts";
import type { SyncSource } from "./source.ts";

// `GET /sync` v3 with a filter that the server stores for us (SYN-23, FIL-08).

/** Messages per room that come without asking (SYN-13); opening a room pages for more. */
const TIMELINE_LIMIT = 20;

const filter = {
  room: {
    state: { lazy_load_members: true },
    timeline: { limit: TIMELINE_LIMIT, lazy_load_members: true, unread_thread_notifications: true },
    ephemeral: { types: ["m.typing", "m.receipt"] },
  },
};

export interface LongPollDeps {
  readonly queries: SyncQueries;
  readonly createFilter: (filter: unknown) => Promise<Result<string>>;
  readonly fetchSync: (request: {
    since: string | null;
    filter: string;
    timeoutMs: number;
    signal: AbortSignal;
  }) => Promise<Result<unknown>>;
}

export function createLongPoll(deps: LongPollDeps): SyncSource {
  const { queries } = deps;
  return {
    async next(request) {
      const filterId = await ensureFilter(deps);
      if (!filterId.ok) return filterId;
      return deps.fetchSync({ ...request, filter: filterId.value });
    },
    forget() {
      queries.remove("filter_id");
    },
  };
}

/** The stored filter's id; a new one when there is none or our filter has changed since (FIL-09). */
async function ensureFilter(deps: LongPollDeps): Promise<Result<string>> {
  const { queries } = deps;
  const text = JSON.stringify(filter);
  const stored = queries.load("filter_id");
  if (stored !== null && queries.load("filter") === text) return { ok: true, value: stored };
  const created = await deps.createFilter(filter);
  if (created.ok) {
    queries.put("filter", text);
    queries.put("filter_id", created.value);
    return created;
  }
  // A server that keeps no filters still takes one inline.
  return created.failure.kind === "rejected" ? { ok: true, value: text } : created;
}
