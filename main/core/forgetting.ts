import { rmSync } from "node:fs";
import type { UserId } from "../../preload/contract/ids.ts";
import { partialOf, type Job } from "./export/job.ts";
import { exportQueries } from "./store/queries/exports.ts";
import { forgettingQueries } from "./store/queries/forgetting.ts";
import type { Store } from "./store/store.ts";

/** The end of a person's stay on this profile: queue, drafts and receipts go with them. */
export interface Forgetting {
  /** Writes down that everything of this person is to be removed. */
  begin(userId: UserId): void;
  /** Somebody is still to be forgotten. */
  isDue(): boolean;
  /** Removes what `begin` named, if anything, in one step together with the note. */
  finish(): void;
}

export function createForgetting(store: Store): Forgetting {
  const queries = forgettingQueries(store.kept);
  return {
    begin: (userId) => void queries.setDueUser.run({ userId }),
    isDue: () => queries.dueUser.get({}) !== undefined,
    finish() {
      const userId = queries.dueUser.get({})?.value;
      if (userId === undefined) return;
      removeUnfinishedExport(exportQueries(store.kept).job.get({ userId })?.job);
      store.kept.transaction(() => {
        for (const statement of queries.removeAll) statement.run({ userId });
        queries.removeDueUser.run({});
      });
      store.removeDamagedCopies();
      store.truncateLogs();
    },
  };
}

/** A finished archive is the user's; what was left half-written is ours. */
function removeUnfinishedExport(stored: string | undefined): void {
  const job = stored === undefined ? null : (JSON.parse(stored) as Job);
  if (job === null || job.phase === "done") return;
  rmSync(partialOf(job.folder), { recursive: true, force: true });
}
