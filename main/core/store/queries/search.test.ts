import { readFileSync } from "node:fs";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { migrate, splitStatements } from "../database.ts";
import { cacheMigrations } from "../migrations.ts";

const sql = readFileSync(new URL("./search.sql", import.meta.url), "utf8");

describe("the statements of the search index", () => {
  const raw = new BetterSqlite3(":memory:");
  migrate(raw, cacheMigrations);

  test.each([...splitStatements(sql)])("%s never looks through all messages", (_name, statement) => {
    const names = [...statement.matchAll(/@(\w+)/g)].map((match) => match[1] ?? "");
    const parameters = Object.fromEntries(names.map((name) => [name, 1]));
    const plan = raw.prepare(`EXPLAIN QUERY PLAN ${statement}`).all(parameters) as { detail: string }[];
    // What waits to be indexed is read from its beginning; rooms, members and holes are few beside the messages.
    const isWide = ({ detail }: { detail: string }): boolean =>
      /^SCAN (?!CONSTANT|p\b|search_pending|i VIRTUAL TABLE|rooms|members|segments|history_jobs|\(subquery)/.test(
        detail,
      );
    expect(plan.filter(isWide)).toEqual([]);
  });
});
