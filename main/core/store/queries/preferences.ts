import type { Database } from "../database.ts";
import sql from "./preferences.sql?raw";

/** Preferences of this machine (kept.db), as JSON text by key. */
export function preferenceQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    load: find<{ key: string }, { value: string }>("loadPreference"),
    put: find<{ key: string; value: string }>("putPreference"),
  };
}
