import { setImmediate as breath } from "node:timers/promises";
import { expect, it } from "vitest";
import { ModelStore } from "./queue.model-store.ts";
import { playHistory } from "./queue.model.ts";

// Seeds are counted from DUNLIN_MODEL_SEED (default 1), so that a failure can be played again. Odd and even ones stand
// in two test files: they are the longest of all, and the runner gives a core to each.
const first = Number(process.env.DUNLIN_MODEL_SEED ?? 1);
const runs = Number(process.env.DUNLIN_MODEL_RUNS ?? (process.env.CI === undefined ? 5_000 : 100_000));
/** Histories between two breaths: the runner wants to hear from us. */
const AT_ONCE = 250;

/** Every second one of the histories, half of them each. */
export function itHoldsInHistories(which: "odd" | "even"): void {
  it(
    `loses, doubles and reorders nothing and comes to rest (the ${which} ones of ${runs} histories)`,
    { timeout: 900_000 },
    async () => {
      const store = new ModelStore();
      const isMine = (seed: number): boolean => (seed % 2 === 1) === (which === "odd");
      for (let seed = first; seed < first + runs; seed++) {
        if (!isMine(seed)) continue;
        const broken = playHistory(store, seed);
        if (broken !== null) expect.fail(broken);
        if (seed % AT_ONCE < 2) await breath();
      }
    },
  );
}
