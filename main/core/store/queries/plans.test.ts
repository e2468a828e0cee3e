import { readdirSync, readFileSync } from "node:fs";
import BetterSqlite3 from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate, splitStatements } from "../database.ts";
import { cacheMigrations, keptMigrations, type Migration } from "../migrations.ts";

// How SQLite goes about every statement. There are no statistics (docs/decisions/0010), so this is how it does everywhere.

function empty(migrations: readonly Migration[]): BetterSqlite3.Database {
  const raw = new BetterSqlite3(":memory:");
  migrate(raw, migrations);
  return raw;
}
const [cache, kept] = [empty(cacheMigrations), empty(keptMigrations)];
const folder = new URL("./", import.meta.url);
const statements = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .flatMap((name) =>
    [...splitStatements(readFileSync(new URL(name, folder), "utf8"))].map(
      ([statement, sql]) => [`${name} ${statement}`, sql] as const,
    ),
  );

/** What grows with what was said, and with how many people are there, by the names they have in statements. */
const LARGE =
  /^SCAN (?:events|e|o|timeline|t|attention|a|receipts|members|m|state|s|search_docs|d)\b|AUTOMATIC/;
/** Few of them are in such an index; `people` is asked for a name among all. */
const SMALL_INDEX = /USING (?:COVERING )?INDEX (?:state_spaces|attention_untold|members_by_user)$/;

function planOf(sql: string): readonly { readonly detail: string }[] {
  const parameters = Object.fromEntries([...sql.matchAll(/[@:](\w+)/g)].map((match) => [match[1] ?? "", 1]));
  const explain = (raw: BetterSqlite3.Database) =>
    raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters) as { detail: string }[];
  try {
    return explain(cache);
  } catch {
    // No such table there: it is one of the other file.
    return explain(kept);
  }
}

test.each(statements)("%s never looks through everything that was said", (_name, sql) => {
  const wide = planOf(sql).filter(({ detail }) => LARGE.test(detail) && !SMALL_INDEX.test(detail));
  expect(wide).toEqual([]);
});
