import type { DeviceId, EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import { manualClock, seededRandom } from "../fake-platform.ts";
import { openDatabase, type Database, type Statement } from "../store/database.ts";
import { cacheMigrations, keptMigrations } from "../store/migrations.ts";
import keptSql from "./queue.model-kept.sql?raw";
import cacheSql from "./queue.model.sql?raw";
import { openQueue, type Queue } from "./queue.ts";

// The disk of the queue's model: the real schemas and the real statements, in memory, and it can be pulled out.

export const US = "@us:x" as UserId;

/** The power goes. */
export class Crash extends Error {}

/** A row of the queue, as it lies on disk. */
export interface Row {
  readonly seq: number;
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly content: string;
  readonly state: "queued" | "sent" | "parked";
  readonly reason: string | null;
  readonly eventId: EventId | null;
  readonly mayHaveArrived: number;
  readonly dependsOn: number | null;
}

/** Both databases in memory, prepared once for many histories. */
export class ModelStore {
  readonly cache: Database;
  readonly kept: Database;
  readonly queue: Queue;
  readonly insertEvent: Statement<object, never>;
  readonly insertPlace: Statement<object, never>;
  readonly insertSegment: Statement<object, never>;
  readonly forgetPlacesOf: Statement<object, never>;
  readonly setEpoch: Statement<object, never>;
  /** A whole sync response is in the cache. */
  readonly setNextBatch: Statement<object, never>;
  readonly allRows: Statement<object, Row>;
  readonly garble: Statement<object, never>;
  /** Crashes at the n-th commit border from now: 0 is before the next commit, 1 after it. */
  crashIn: number | null = null;
  deviceId = "D0" as DeviceId;
  clock = manualClock();
  random = seededRandom();
  readonly #forget: Statement<object, never>[];

  constructor() {
    const clock = manualClock();
    const options = { path: ":memory:", synchronous: "NORMAL", clock, log: () => {} } as const;
    this.cache = this.#crashing(openDatabase({ ...options, migrations: cacheMigrations }));
    this.kept = this.#crashing(openDatabase({ ...options, migrations: keptMigrations }));
    const cache = this.cache.statements(cacheSql);
    const kept = this.kept.statements(keptSql);
    this.insertEvent = cache("insertEvent");
    this.insertPlace = cache("insertPlace");
    this.insertSegment = cache("insertSegment");
    this.forgetPlacesOf = cache("forgetPlacesOf");
    this.setEpoch = cache("setEpoch");
    this.setNextBatch = cache("setNextBatch");
    this.allRows = kept("allRows");
    this.garble = kept("garble");
    this.#forget = [
      ...["forgetEvents", "forgetPlaces", "forgetSegments", "forgetState"].map((name) => cache<object>(name)),
      ...["forgetRows", "forgetSettled"].map((name) => kept<object>(name)),
    ];
    this.queue = openQueue({
      store: this,
      clock: { ...clock, now: () => this.clock.now(), monotonic: () => this.clock.monotonic() },
      random: { fraction: () => this.random.fraction(), token: () => this.random.token() },
      publish: () => {},
      session: () => ({ userId: US, deviceId: this.deviceId }),
    });
  }

  #crashing(database: Database): Database {
    const border = (): void => {
      if (this.crashIn === null || this.crashIn-- > 0) return;
      this.crashIn = null;
      throw new Crash();
    };
    return {
      path: database.path,
      isOpen: database.isOpen,
      timings: () => database.timings(),
      statements: (file) => database.statements(file),
      close: () => database.close(),
      transaction: (work) => {
        border();
        const value = database.transaction(work);
        border();
        return value;
      },
    };
  }

  reset(seed: number): void {
    for (const statement of this.#forget) statement.run({});
    this.forgetMemory();
    this.clock = manualClock();
    this.random = seededRandom(seed);
    this.deviceId = "D0" as DeviceId;
    this.setEpoch.run({ value: "E0" });
    this.setNextBatch.run({});
  }

  forgetCache(epoch: string): void {
    for (const statement of this.#forget.slice(0, 4)) statement.run({});
    this.setEpoch.run({ value: epoch });
  }

  forgetMemory(): void {
    this.crashIn = null;
    this.queue.inFlight.clear();
    this.queue.hidden.clear();
  }
}
