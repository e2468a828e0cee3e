import { describe, expect, it } from "vitest";
import { manualClock, seededRandom } from "../fake-platform.ts";
import { failed, invalid, ok, type Failure, type Result } from "../failure.ts";
import { createPutLoop, type PutLoop } from "./put-loop.ts";

interface Row {
  readonly lane: string;
  readonly value: number;
}
/** A request that was made, and how it is answered. */
interface Asked extends Row {
  readonly answer: (result: Result<unknown>) => void;
}

function aLoop(rows: Row[]) {
  const clock = manualClock();
  const asked: Asked[] = [];
  const settled: string[] = [];
  let rests = 0;
  const loop: PutLoop = createPutLoop<Row>({
    platform: { clock, random: seededRandom(), log: () => undefined },
    name: "test",
    due: () => rows,
    laneOf: ({ lane }) => lane,
    put: (row, signal) =>
      new Promise((resolve) => {
        asked.push({ ...row, answer: resolve });
        signal.addEventListener("abort", () => resolve(failed({ kind: "aborted", message: "stopped" })));
      }),
    settle(row) {
      settled.push(`${row.lane}${row.value}`);
      rows.splice(rows.indexOf(row), 1);
    },
    onRest: () => (rests += 1),
  });
  const add = (lane: string, value: number): void => {
    rows.push({ lane, value });
    loop.run();
  };
  const inFlight = () => asked.map(({ lane, value }) => `${lane}${value}`);
  return { loop, clock, asked, settled, add, inFlight, rests: () => rests };
}
const offline: Failure = { kind: "offline", message: "no network" };

describe("what is told to the server beside the messages", () => {
  it("goes one after the other while the server answers", async () => {
    const { loop, clock, asked, settled, inFlight } = aLoop([
      { lane: "a", value: 1 },
      { lane: "b", value: 1 },
    ]);
    loop.start();
    await clock.advance(0);
    expect(inFlight()).toEqual(["a1"]);
    asked[0]?.answer(ok(null));
    await clock.advance(0);
    expect(inFlight()).toEqual(["a1", "b1"]);
    expect(settled).toEqual(["a1"]);
    asked[1]?.answer(failed(invalid("refused")));
    await clock.advance(0);
    expect(settled).toEqual(["a1", "b1"]);
    await loop.stop();
    expect(clock.pending).toBe(0);
  });

  it("waits alone when it hangs: other lanes go on, its own keeps its order", async () => {
    const { loop, clock, asked, settled, add, inFlight } = aLoop([{ lane: "a", value: 1 }]);
    loop.start();
    add("a", 2);
    add("b", 1);
    add("b", 2);
    await clock.advance(2_999);
    expect(inFlight()).toEqual(["a1"]);
    await clock.advance(1);
    expect(inFlight()).toEqual(["a1", "b1"]);
    asked[1]?.answer(ok(null));
    await clock.advance(0);
    expect(inFlight()).toEqual(["a1", "b1", "b2"]);
    asked[2]?.answer(ok(null));
    await clock.advance(60_000);
    expect(settled).toEqual(["b1", "b2"]);
    expect(inFlight()).toEqual(["a1", "b1", "b2"]);
    asked[0]?.answer(ok(null));
    await clock.advance(0);
    expect(inFlight().at(-1)).toBe("a2");
    await loop.stop();
  });

  it("is not asked without end of a server that answers nothing", async () => {
    const lanes = ["a", "b", "c", "d", "e", "f"];
    const { loop, clock, inFlight } = aLoop(lanes.map((lane) => ({ lane, value: 1 })));
    loop.start();
    await clock.advance(100_000);
    expect(inFlight()).toEqual(["a1", "b1", "c1", "d1"]);
    await loop.stop();
    expect(clock.pending).toBe(0);
  });

  it("waits once where the connection goes while something hangs, and tells that it rests", async () => {
    const { loop, clock, asked, inFlight, rests } = aLoop([
      { lane: "a", value: 1 },
      { lane: "b", value: 1 },
    ]);
    loop.start();
    await clock.advance(3_000);
    asked[1]?.answer(failed(offline));
    await clock.advance(0);
    expect([rests(), loop.isTrying("c")]).toEqual([1, false]);
    asked[0]?.answer(failed(offline));
    await clock.advance(700);
    expect(inFlight()).toEqual(["a1", "b1"]);
    await clock.advance(400);
    expect(inFlight()).toHaveLength(3);
    await loop.stop();
  });
});
