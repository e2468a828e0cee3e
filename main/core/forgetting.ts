import type { UserId } from "../../preload/contract/ids.ts";
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
      store.kept.transaction(() => {
        for (const statement of queries.removeAll) statement.run({ userId });
        queries.removeDueUser.run({});
      });
      store.removeDamagedCopies();
      store.truncateLogs();
    },
  };
}
