import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { FailureError, toFailure } from "../failure.ts";
import { fakePlatform } from "../fake-platform.ts";
import { migrate, openDatabase, splitStatements } from "./database.ts";
import { cacheMigrations, keptMigrations } from "./migrations.ts";
import { openStore, type Store } from "./store.ts";

const open: Store[] = [];
const profile = () => mkdtempSync(join(tmpdir(), "dunlin-store-"));
function start(profileDir: string): Store {
  const store = openStore(fakePlatform({ profileDir }));
  open.push(store);
  return store;
}
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

const queue = (store: Store) =>
  store.kept.statements(
    `-- name: put\nINSERT INTO preferences (key, value) VALUES (@key, @value)\n-- name: all\nSELECT key FROM preferences`,
  );

describe("a profile", () => {
  it("keeps what was written over a restart", async () => {
    const dir = profile();
    const first = start(dir);
    queue(first)<{ key: string; value: string }>("put").run({ key: "a", value: "1" });
    await first.close();
    expect(queue(start(dir))<Record<never, never>, { key: string }>("all").all({})).toEqual([{ key: "a" }]);
  });

  it("plans every statement as the tests saw it: no statistics of what happened to be stored, nor of an older version", async () => {
    const dir = profile();
    const files = [
      { path: join(dir, "cache.db"), migrations: cacheMigrations },
      { path: join(dir, "kept.db"), migrations: keptMigrations },
    ];
    const statistics = (): unknown[] =>
      files.flatMap(({ path }) => {
        const raw = new BetterSqlite3(path);
        const found = raw.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'").all();
        raw.close();
        return found;
      });
    for (const { path, migrations } of files) {
      const raw = new BetterSqlite3(path);
      migrate(
        raw,
        migrations.slice(
          0,
          migrations.findIndex(({ sql }) => sql.includes("sqlite_stat1")),
        ),
      );
      raw.exec("ANALYZE");
      raw.close();
    }
    expect(statistics()).not.toEqual([]);
    await start(dir).close();
    expect(statistics()).toEqual([]);
    await start(dir).close();
    expect(statistics()).toEqual([]);
  });

  it("is refused to a second instance, and free again when the first one ends", async () => {
    const dir = profile();
    const first = start(dir);
    expect(() => start(dir)).toThrowError(FailureError);
    try {
      start(dir);
    } catch (error) {
      expect(toFailure(error)).toMatchObject({ kind: "storage", problem: "in-use" });
    }
    await first.close();
    start(dir);
  });

  it("with a damaged cache moves it aside and keeps the user's own words", async () => {
    const dir = profile();
    const first = start(dir);
    queue(first)<{ key: string; value: string }>("put").run({ key: "mine", value: "1" });
    await first.close();
    writeFileSync(join(dir, "cache.db"), "this is not a database, it is a poem about one".repeat(300));
    const second = start(dir);
    expect(second.isCacheRebuilt).toBe(true);
    expect(readdirSync(dir).some((name) => name.startsWith("cache.db.damaged-"))).toBe(true);
    expect(queue(second)<Record<never, never>, { key: string }>("all").all({})).toEqual([{ key: "mine" }]);
  });

  it("whose cache came from a newer version builds a new cache", async () => {
    const dir = profile();
    await start(dir).close();
    const raw = new BetterSqlite3(join(dir, "cache.db"));
    raw.pragma("user_version = 9999");
    raw.close();
    expect(start(dir).isCacheRebuilt).toBe(true);
  });

  it("whose own words came from a newer version is refused and left as it is", async () => {
    const dir = profile();
    await start(dir).close();
    const raw = new BetterSqlite3(join(dir, "kept.db"));
    raw.pragma("user_version = 9999");
    raw.close();
    const before = readFileSync(join(dir, "kept.db"));
    expect(() => start(dir)).toThrowError(/newer/);
    expect(readFileSync(join(dir, "kept.db")).equals(before)).toBe(true);
  });
});

describe("migrations", () => {
  it.each([
    ["cache", cacheMigrations],
    ["kept", keptMigrations],
  ])("of %s lead from every older schema to the same newest one", (_name, migrations) => {
    const schemaOf = (raw: BetterSqlite3.Database) =>
      raw.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").all();
    const newest = new BetterSqlite3(":memory:");
    migrate(newest, migrations);
    for (let from = 0; from <= migrations.length; from += 1) {
      const older = new BetterSqlite3(":memory:");
      migrate(older, migrations.slice(0, from));
      migrate(older, migrations);
      expect(older.pragma("user_version", { simple: true })).toBe(migrations.at(-1)?.version);
      expect(schemaOf(older)).toEqual(schemaOf(newest));
    }
  });

  it("a step that fails leaves the schema as it was", () => {
    const raw = new BetterSqlite3(":memory:");
    const broken = [...keptMigrations, { version: 99, sql: "CREATE TABLE half (a); SELECT * FROM nowhere;" }];
    expect(() => migrate(raw, broken)).toThrow();
    expect(raw.pragma("user_version", { simple: true })).toBe(keptMigrations.at(-1)?.version);
    expect(raw.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toEqual({
      n: 0,
    });
  });
});

it("every named statement is valid against the migrated schema of its file", () => {
  const cache = new BetterSqlite3(":memory:");
  const kept = new BetterSqlite3(":memory:");
  migrate(cache, cacheMigrations);
  migrate(kept, keptMigrations);
  const dir = join(import.meta.dirname, "queries");
  const files = readdirSync(dir).filter((name) => name.endsWith(".sql"));
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) {
    for (const [name, sql] of splitStatements(readFileSync(join(dir, file), "utf8"))) {
      const isPrepared = [cache, kept].some((raw) => {
        try {
          raw.prepare(sql);
          return true;
        } catch {
          return false;
        }
      });
      expect(isPrepared, `${file}: ${name}`).toBe(true);
    }
  }
});

it("a transaction that reads before it writes holds while another connection empties the log", () => {
  const { clock, log } = fakePlatform({});
  const path = join(profile(), "kept.db");
  const database = openDatabase({ path, migrations: keptMigrations, synchronous: "FULL", clock, log });
  const find = database.statements(
    "-- name: put\nINSERT INTO preferences VALUES (@key, 'x')\n-- name: n\nSELECT count(*) AS n FROM preferences",
  );
  const put = find<{ key: string }>("put");
  const count = find<Record<never, never>, { n: number }>("n");
  const other = new BetterSqlite3(path, { timeout: 0 });
  put.run({ key: "before" });
  other.pragma("wal_checkpoint(PASSIVE)");
  database.transaction(() => {
    expect(count.get({})?.n).toBe(1);
    other.pragma("wal_checkpoint(TRUNCATE)");
    put.run({ key: "within" });
  });
  expect(count.get({})?.n).toBe(2);
  other.close();
  database.close();
});

it("a full disk is told as such and the transaction leaves nothing behind", () => {
  const { clock, log } = fakePlatform({});
  const path = join(profile(), "full.db");
  const options = { path, migrations: keptMigrations, synchronous: "FULL", clock, log } as const;
  openDatabase(options).close();
  const database = openDatabase({ ...options, maxPages: 40 });
  const put = database.statements("-- name: put\nINSERT INTO preferences VALUES (@key, @value)")<{
    key: string;
    value: string;
  }>("put");
  const count = database.statements("-- name: n\nSELECT count(*) AS n FROM preferences")<
    Record<never, never>,
    { n: number }
  >("n");
  put.run({ key: "first", value: "x" });
  let caught: unknown;
  try {
    database.transaction(() => {
      for (let i = 0; i < 200; i += 1) put.run({ key: `k${i}`, value: "x".repeat(4000) });
    });
  } catch (error) {
    caught = error;
  }
  expect(toFailure(caught)).toMatchObject({ kind: "storage", problem: "full" });
  expect(count.get({})?.n).toBe(1);
  database.close();
});
