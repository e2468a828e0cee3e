import { parentPort, workerData } from "node:worker_threads";
import BetterSqlite3 from "better-sqlite3";

// The only other thread that touches the databases: it moves the write-ahead log into the file, so that the core's
// thread never does (p99 of a sync batch 19 ms → 1.8 ms, architecture.md Appendix A).

const { paths, everyMs } = workerData as { paths: string[]; everyMs: number };
const connections = paths.map((path) => new BetterSqlite3(path, { timeout: 50, fileMustExist: true }));
for (const connection of connections) connection.pragma("wal_autocheckpoint = 0");

function checkpoint(mode: "PASSIVE" | "TRUNCATE"): void {
  for (const connection of connections) {
    try {
      connection.pragma(`wal_checkpoint(${mode})`);
    } catch {
      // Busy, or the disk refuses: the next round tries again, and the core's own writes report the disk's state.
    }
  }
}

const timer = setInterval(() => checkpoint("PASSIVE"), everyMs);

parentPort?.on("message", (message: "truncate" | "close") => {
  if (message === "truncate") checkpoint("TRUNCATE");
  if (message === "close") {
    clearInterval(timer);
    for (const connection of connections) connection.close();
    parentPort?.close();
  }
});
