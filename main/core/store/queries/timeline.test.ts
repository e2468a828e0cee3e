import { readFileSync } from "node:fs";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { migrate, splitStatements } from "../database.ts";
import { cacheMigrations } from "../migrations.ts";

const sql = readFileSync(new URL("./timeline.sql", import.meta.url), "utf8");

describe("the timeline's statements", () => {
  const raw = new BetterSqlite3(":memory:");
  migrate(raw, cacheMigrations);

  test.each([...splitStatements(sql)])(
    "%s finds its rows by an index, in a room of any size",
    (_name, statement) => {
      const names = [...statement.matchAll(/@(\w+)/g)].map((match) => match[1] ?? "");
      const parameters = Object.fromEntries(names.map((name) => [name, 1]));
      const plan = raw.prepare(`EXPLAIN QUERY PLAN ${statement}`).all(parameters) as { detail: string }[];
      // A search by room alone reads the whole room; only rooms and segments are few enough for that.
      const isWide = (detail: string): boolean =>
        /^SCAN (?!CONSTANT)/.test(detail) || /^SEARCH (?!rooms|segments).*\(room_id=\?\)/.test(detail);
      expect(plan.map((step) => step.detail).filter(isWide)).toEqual([]);
    },
  );
});
