import type { Database } from "../database.ts";
import sql from "./sync.sql?raw";

/**
 * `next_batch`: the stream token of the last response that is wholly stored. `filter_id` with `filter`: the filter
 * the server keeps for us, and what it was made from. `epoch`: a random name of this cache; queue rows remember it.
 * `user_id`: whose cache this is. `attention`: unread messages are counted here.
 */
export type SyncKey = "next_batch" | "filter_id" | "filter" | "epoch" | "user_id" | "attention" | "archive";

export type SyncQueries = ReturnType<typeof syncQueries>;

export function syncQueries(cache: Database) {
  const find = cache.statements(sql);
  const load = find<{ key: SyncKey }, { value: string }>("loadValue");
  const put = find<{ key: SyncKey; value: string }>("putValue");
  const remove = find<{ key: SyncKey }>("removeValue");
  return {
    load: (key: SyncKey): string | null => load.get({ key })?.value ?? null,
    put: (key: SyncKey, value: string): void => void put.run({ key, value }),
    remove: (key: SyncKey): void => void remove.run({ key }),
  };
}
