import { expect, test } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { watchNetwork } from "./network-return.ts";

function watched() {
  const clock = new ManualClock();
  const state = { isOnline: true, times: 0, resume: (): void => undefined };
  const stop = watchNetwork(
    { isOnline: () => state.isOnline, onResume: (listener) => void (state.resume = listener) },
    clock,
    () => void (state.times += 1),
  );
  return { clock, state, stop };
}

test("says once that the network is back, and nothing while it stays as it is", () => {
  const { clock, state } = watched();
  clock.advance(10_000);
  state.isOnline = false;
  clock.advance(10_000);
  expect(state.times).toBe(0);
  state.isOnline = true;
  clock.advance(10_000);
  expect(state.times).toBe(1);
});

test("says so when the machine wakes up, whatever the network looks like", () => {
  const { state } = watched();
  state.resume();
  expect(state.times).toBe(1);
});

test("is silent and sets no more timers after it was stopped", () => {
  const { clock, state, stop } = watched();
  state.isOnline = false;
  clock.advance(2000);
  stop();
  state.isOnline = true;
  clock.advance(10_000);
  state.resume();
  expect([state.times, clock.waiting]).toEqual([0, 0]);
});
