import type { RoomId } from "../../../preload/contract/ids.ts";
import { ok, type Failure, type Result } from "../failure.ts";
import type { SyncQueries } from "../store/queries/sync.ts";
import type { SyncApplier } from "./apply.ts";
import { parseSync } from "./parse.ts";

// Rooms that were left before this cache began (MEM-13). The first sync leaves them out: an account of years has left more
// rooms than it is in, and a filter has one limit for all of them. They are asked for once, when somebody wants to see
// them, with a few events each; what is older comes by paging, as far as we were there.

/** Events per room: enough for a first screen, and for the token that older ones are asked for with. */
const TIMELINE_LIMIT = 10;
/** Rooms we are in, named so that the server leaves them out; a longer list would cost more than it saves. */
const MOST_NAMED = 1000;
const KEY = "archive";

const nothing = { types: [] };
const filterWithout = (present: readonly RoomId[]): unknown => ({
  presence: nothing,
  account_data: nothing,
  room: {
    include_leave: true,
    ...(present.length > MOST_NAMED ? {} : { not_rooms: present }),
    state: { lazy_load_members: true },
    timeline: { limit: TIMELINE_LIMIT, lazy_load_members: true },
    ephemeral: nothing,
    account_data: nothing,
  },
});

export interface ArchiveDeps {
  readonly queries: SyncQueries;
  /** Rooms we are in, are invited to or have asked to enter. */
  readonly present: () => readonly RoomId[];
  /** Its history is here already. */
  readonly isKnown: (roomId: RoomId) => boolean;
  readonly createFilter: (filter: unknown) => Promise<Result<string>>;
  readonly fetchSync: (filter: string, signal: AbortSignal) => Promise<Result<unknown>>;
  readonly apply: SyncApplier["applyPast"];
}

export interface Archive {
  /** Asks the server unless this cache has its answer; why it could not be had, or null. */
  fetch(): Promise<Failure | null>;
  stop(): Promise<void>;
}

export function createArchive(deps: ArchiveDeps): Archive {
  const { queries } = deps;
  const stopping = new AbortController();
  let running: Promise<Failure | null> | null = null;

  async function load(): Promise<Failure | null> {
    const filter = filterWithout(deps.present());
    const created = await deps.createFilter(filter);
    // A server that keeps no filters still takes one inline.
    const named = created.ok || created.failure.kind !== "rejected" ? created : ok(JSON.stringify(filter));
    if (!named.ok) return named.failure;
    const answer = await deps.fetchSync(named.value, stopping.signal);
    if (!answer.ok) return answer.failure;
    const update = parseSync(answer.value);
    if (update === null) return { kind: "malformed", message: "not a sync response" };
    if (stopping.signal.aborted) return { kind: "aborted", message: "" };
    // Syncs have gone on meanwhile: what they say is newer.
    const present = new Set(deps.present());
    await deps.apply(update.left.filter(({ roomId }) => !present.has(roomId) && !deps.isKnown(roomId)));
    queries.put(KEY, "1");
    return null;
  }

  return {
    fetch() {
      if (queries.load(KEY) !== null) return Promise.resolve(null);
      return (running ??= load().finally(() => (running = null)));
    },
    async stop() {
      stopping.abort();
      await running?.catch(() => undefined);
    },
  };
}
