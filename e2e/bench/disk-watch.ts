// Watches kept.db of a running app from outside: since when is a message on disk? The queue numbers its rows and never
// uses a number twice, so the highest number alone tells, also when a row has left again by the time we look.
import { DatabaseSync } from "node:sqlite";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

export interface DiskWatch {
  /** When each message since the start was first seen to be on disk, ms since the epoch, to about 1 ms, in order. */
  stop(): Promise<readonly number[]>;
}

/** Starts to watch; resolves when it does. */
export async function watchDisk(keptPath: string): Promise<DiskWatch> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(import.meta.filename, { workerData: { keptPath, flag } });
  const failed = new Promise<never>((_, reject) => worker.once("error", reject));
  failed.catch(() => undefined);
  const message = (): Promise<unknown> =>
    Promise.race([failed, new Promise((resolve) => worker.once("message", resolve))]);
  await message();
  return {
    async stop() {
      const times = message() as Promise<readonly number[]>;
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
      return times;
    },
  };
}

function watch({ keptPath, flag }: { keptPath: string; flag: Int32Array }): readonly number[] {
  const database = new DatabaseSync(keptPath, { readOnly: true });
  const highest = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'outgoing'");
  const read = (): number => Number(highest.get()?.["seq"] ?? 0);
  const times: number[] = [];
  let seen = read();
  parentPort?.postMessage("watching");
  while (Atomics.load(flag, 0) === 0) {
    for (const found = read(); seen < found; seen += 1)
      times.push(performance.timeOrigin + performance.now());
    Atomics.wait(flag, 0, 0, 0.5);
  }
  database.close();
  return times;
}

if (!isMainThread) parentPort?.postMessage(watch(workerData as { keptPath: string; flag: Int32Array }));
