import cacheInitial from "./migrations/cache-0001-initial.sql?raw";
import keptInitial from "./migrations/kept-0001-initial.sql?raw";

/** One numbered step of a database's schema. Steps are append-only: a released one never changes. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

export const cacheMigrations: readonly Migration[] = [{ version: 1, sql: cacheInitial }];
export const keptMigrations: readonly Migration[] = [{ version: 1, sql: keptInitial }];
