import { parentPort, workerData } from "node:worker_threads";
import BetterSqlite3 from "better-sqlite3";

// The only other thread that touches the databases: it moves the write-ahead log into the file, so that the core's
// thread never does (p99 of a sync batch 19 ms → 1.8 ms, architecture.md Appendix A).

const { paths, everyMs } = workerData as { paths: string[]; everyMs: number };
const connections = paths.map((path) => new BetterSqlite3(path, { timeout: 50, fileMustExist: true }));
for (const connection of connections) connection.pragma("wal_autocheckpoint = 0");

/** Logs whose words must leave the disk (RED-02), until they have. */
const toTruncate = new Set<BetterSqlite3.Database>();

function checkpoint(): void {
  for (const connection of connections) {
    try {
      const mode = toTruncate.has(connection) ? "TRUNCATE" : "PASSIVE";
      const [result] = connection.pragma(`wal_checkpoint(${mode})`) as { busy: number }[];
      if (mode === "TRUNCATE" && result?.busy === 0) toTruncate.delete(connection);
    } catch {
      // Busy, or the disk refuses: the next round tries again, and the core's own writes report the disk's state.
    }
  }
}

const timer = setInterval(checkpoint, everyMs);

parentPort?.on("message", (message: "truncate" | "close") => {
  if (message === "truncate") {
    connections.forEach((connection) => toTruncate.add(connection));
    checkpoint();
  }
  if (message === "close") {
    clearInterval(timer);
    for (const connection of connections) connection.close();
    parentPort?.close();
  }
});
