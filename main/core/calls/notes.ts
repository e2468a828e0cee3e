import type { CallId, UserId } from "../../../preload/contract/ids.ts";
import { callQueries, type CallRow } from "../store/queries/calls.ts";
import type { Store } from "../store/store.ts";
import type { CallVersion } from "./state.ts";

/** After that the other side's own limits have ended any call we could have left behind, ms. */
const LATE_MS = 3_600_000;

/** The durable note of a call under way: on disk before the other side can know of it. */
export interface CallNotes {
  put(call: CallRow): void;
  remove(callId: CallId): void;
  /** Those of earlier runs. `isLate`: nobody waits for their end any more. */
  left(): readonly (CallRow & { readonly version: CallVersion; readonly isLate: boolean })[];
}

export function createCallNotes(deps: {
  readonly store: Store;
  readonly ownUserId: UserId;
  readonly now: () => number;
}): CallNotes {
  const { ownUserId: userId } = deps;
  const queries = callQueries(deps.store.kept);
  /** Of this run: removing what is not there would be a write for nothing. */
  const noted = new Set<CallId>();
  return {
    put(call) {
      noted.add(call.callId);
      queries.put.run({ ...call, userId });
    },
    remove(callId) {
      if (noted.delete(callId)) queries.remove.run({ userId, callId });
    },
    left() {
      const rows = queries.load.all({ userId });
      for (const { callId } of rows) noted.add(callId);
      return rows.map((row) => ({
        ...row,
        version: row.version === 0 ? 0 : 1,
        isLate: Math.abs(deps.now() - row.since) > LATE_MS,
      }));
    },
  };
}
