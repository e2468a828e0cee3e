import { expect, test } from "vitest";
import { manualClock } from "./fake-platform.ts";
import { watchRun } from "./run-timings.ts";

const offline = {
  state: "offline",
  until: null,
  failure: { kind: "offline", message: "" },
} as never;

test("says how long opening, the first catching up and the last coming back took", async () => {
  const clock = manualClock();
  const watch = watchRun(clock);
  await clock.advance(30);
  watch.opened();
  watch.connectionIs(offline); // before it was ever there nothing is lost
  await clock.advance(70);
  watch.connectionIs({ state: "live" });
  expect(watch.timings()).toMatchObject({
    openingMs: 30,
    firstLiveMs: 100,
    timesLost: 0,
    lastReturnMs: null,
  });
  watch.connectionIs(offline);
  await clock.advance(500);
  watch.connectionIs(offline);
  watch.connectionIs({ state: "live" });
  await clock.advance(400);
  expect(watch.timings()).toEqual({
    ...{ openingMs: 30, openForMs: 970, firstLiveMs: 100, timesLost: 1, lastReturnMs: 500 },
  });
});
