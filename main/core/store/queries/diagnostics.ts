import type { Database, Statement } from "../database.ts";
import cacheSql from "./diagnostics-cache.sql?raw";
import keptSql from "./diagnostics-kept.sql?raw";
import sql from "./diagnostics.sql?raw";

/** `versions` of any database of ours. */
export function versionsOf(
  database: Database,
): { readonly sqlite: string; readonly schema: number } | undefined {
  return database.statements(sql)<object, { sqlite: string; schema: number }>("versions").get({});
}

/** The rooms in the cache, and the queue's rows by state (cache.db, kept.db). */
export function countQueries(
  cache: Database,
  kept: Database,
): {
  readonly rooms: Statement<object, { count: number }>;
  readonly outgoing: Statement<object, { state: string; count: number }>;
} {
  return {
    rooms: cache.statements(cacheSql)("roomCount"),
    outgoing: kept.statements(keptSql)("outgoingCounts"),
  };
}
