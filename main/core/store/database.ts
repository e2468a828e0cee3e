import BetterSqlite3 from "better-sqlite3";
import type { Clock, Log } from "../platform.ts";
import { FailureError, toFailure } from "../failure.ts";
import { StatementTimings, type StatementTiming } from "./statement-timings.ts";
import type { Migration } from "./migrations.ts";

/** Statements slower than this are logged by name (ms); a key press must never wait longer. */
export const SLOW_STATEMENT_MS = 40;

/** A prepared statement. `P` is the object of its named parameters, `R` its row. */
export interface Statement<P extends object, R> {
  get(params: P): R | undefined;
  all(params: P): R[];
  /** Number of rows changed. */
  run(params: P): number;
}

/** Finds statements by name in one `.sql` file. Preparing happens at once, so a typo fails when the store opens. */
export type StatementFinder = <P extends object, R = never>(name: string) => Statement<P, R>;

export interface Database {
  /** The file's statements, each starting with a line `-- name: theName`. */
  statements(sqlFile: string): StatementFinder;
  /**
   * Runs `work` in one transaction; nested calls join it. Synchronous on purpose: nobody waits inside a
   * transaction (architecture.md, law 5). Any error rolls everything back and is thrown on.
   */
  transaction<T>(work: () => T): T;
  readonly path: string;
  readonly isOpen: boolean;
  /** Since it was opened, the slowest first. */
  timings(): readonly StatementTiming[];
  close(): void;
}

export interface DatabaseOptions {
  readonly path: string;
  readonly migrations: readonly Migration[];
  /** FULL: a commit survives loss of power. NORMAL: it survives any crash of ours. */
  readonly synchronous: "FULL" | "NORMAL";
  readonly clock: Clock;
  readonly log: Log;
  /** Called when SQLite finds the file damaged while it is in use; the error itself is thrown on. */
  readonly onDamaged?: () => void;
  /** Tests fill the disk with it: SQLite then answers SQLITE_FULL. */
  readonly maxPages?: number;
}

/** Opens and migrates one SQLite file. Throws FailureError or a SQLite error (see `toFailure`). */
export function openDatabase(options: DatabaseOptions): Database {
  const raw = new BetterSqlite3(options.path, { timeout: 5000 });
  try {
    configure(raw, options);
    migrate(raw, options.migrations);
  } catch (error) {
    raw.close();
    throw error;
  }
  return wrap(raw, options);
}

function configure(raw: BetterSqlite3.Database, options: DatabaseOptions): void {
  raw.pragma("journal_mode = WAL");
  raw.pragma(`synchronous = ${options.synchronous}`);
  raw.pragma("foreign_keys = ON");
  // What was redacted or deleted must not stay readable in free pages (RED-02).
  raw.pragma("secure_delete = ON");
  raw.pragma("cache_size = -16000");
  raw.pragma("temp_store = MEMORY");
  // Checkpoints are the checkpoint worker's work: on this thread they are the tail of every batch (Appendix A).
  // A ceiling stays for the case that the worker is gone.
  raw.pragma("wal_autocheckpoint = 20000");
  if (options.maxPages !== undefined) raw.pragma(`max_page_count = ${options.maxPages}`);
}

/** Brings the schema up to date, each step in a transaction of its own. Refuses a file from a newer version. */
export function migrate(raw: BetterSqlite3.Database, migrations: readonly Migration[]): void {
  const current = raw.pragma("user_version", { simple: true }) as number;
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new FailureError({
      kind: "storage",
      problem: "newer",
      message: `schema ${current} is newer than ${newest}`,
    });
  }
  for (const step of migrations) {
    if (step.version <= current) continue;
    raw.transaction(() => {
      raw.exec(step.sql);
      raw.pragma(`user_version = ${step.version}`);
    })();
  }
}

function wrap(raw: BetterSqlite3.Database, options: DatabaseOptions): Database {
  const { clock, log } = options;
  /** The one place every use of the file goes through: damage is noticed whoever meets it. */
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (toFailure(error).problem === "damaged") options.onDamaged?.();
      throw error;
    }
  };
  const timed = <T>(name: string, work: () => T): T => {
    const start = clock.monotonic();
    try {
      return guarded(work);
    } finally {
      const ms = clock.monotonic() - start;
      timings.note(name, ms);
      if (ms > SLOW_STATEMENT_MS) log("warn", "slow-statement", { name, ms: Math.round(ms) });
    }
  };
  const timings = new StatementTimings();
  let depth = 0;
  return {
    path: options.path,
    timings: () => timings.slowest(),
    get isOpen() {
      return raw.open;
    },
    statements(sqlFile) {
      const prepared = new Map<string, BetterSqlite3.Statement>();
      for (const [name, sql] of splitStatements(sqlFile)) {
        prepared.set(
          name,
          guarded(() => raw.prepare(sql)),
        );
      }
      return <P extends object, R>(name: string): Statement<P, R> => {
        const statement = prepared.get(name);
        if (statement === undefined) throw new Error(`no SQL statement named ${name}`);
        return {
          get: (params) => timed(name, () => statement.get(params) as R | undefined),
          all: (params) => timed(name, () => statement.all(params) as R[]),
          run: (params) => timed(name, () => statement.run(params).changes),
        };
      };
    },
    transaction(work) {
      if (depth > 0) return work();
      depth += 1;
      try {
        // Immediate: one that reads before it writes would be refused where the checkpoint worker came between.
        return guarded(() => raw.transaction(work).immediate());
      } finally {
        depth -= 1;
      }
    },
    close() {
      // No "optimize": the plans are those the tests look at (docs/decisions/0010).
      if (raw.open) raw.close();
    },
  };
}

/** Splits a `.sql` file into its named statements. Exported for the test that prepares them all. */
export function splitStatements(sqlFile: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of sqlFile.split(/^-- name: */m).slice(1)) {
    const end = part.indexOf("\n");
    const name = part.slice(0, end).trim();
    if (found.has(name)) throw new Error(`two SQL statements named ${name}`);
    found.set(name, part.slice(end + 1));
  }
  return found;
}
