import { readFileSync } from "node:fs";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { migrate, splitStatements } from "../database.ts";
import { cacheMigrations } from "../migrations.ts";

const sql = readFileSync(new URL("./members.sql", import.meta.url), "utf8");

describe("the members list in the store", () => {
  const raw = new BetterSqlite3(":memory:");
  migrate(raw, cacheMigrations);
  const statements = splitStatements(sql);

  test.each([
    ["membersPage", /members_in_order \(room_id=\? AND membership=\?\)/],
    ["memberCount", /members_in_order \(room_id=\? AND membership=\?\)/],
    ["membersAfter", /members_in_order \(room_id=\? AND membership=\? AND <expr>>\?\)/],
    ["membersAmong", /PRIMARY KEY \(room_id=\? AND user_id=\?\)/],
    ["memberNames", /PRIMARY KEY \(room_id=\? AND user_id=\?\)/],
  ])("%s finds its rows by an index and sorts nothing, in a room of any size", (name, found) => {
    const statement = statements.get(name) ?? "";
    const names = [...statement.matchAll(/@(\w+)/g)].map((match) => match[1] ?? "");
    const parameters = Object.fromEntries(names.map((parameter) => [parameter, "[]"]));
    const plan = raw.prepare(`EXPLAIN QUERY PLAN ${statement}`).all(parameters) as { detail: string }[];
    const details = plan.map(({ detail }) => detail);
    expect(details[0]).toMatch(found);
    expect(details.filter((detail) => detail.includes("TEMP B-TREE FOR ORDER BY"))).toEqual([]);
  });
});
