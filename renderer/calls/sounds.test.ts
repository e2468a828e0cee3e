import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallSounds, patterns } from "./sounds.ts";

/** A stage that counts what sounds on it. */
class FakeContext {
  readonly started: number[] = [];
  readonly stopped: number[] = [];
  isClosed = false;
  readonly currentTime = 10;
  readonly destination = {};
  resume = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => {
    this.isClosed = true;
    return Promise.resolve();
  };
  createGain() {
    const gain = { setValueAtTime: () => gain, linearRampToValueAtTime: () => gain };
    return { gain, connect: (next: unknown) => next };
  }
  createOscillator() {
    const { started, stopped } = this;
    return {
      frequency: { value: 0 },
      onended: null,
      connect: (next: unknown) => next,
      start: (at: number) => void started.push(at),
      stop: (at = 0) => void stopped.push(at),
    };
  }
}

let stage: FakeContext;
let sounds: CallSounds;
beforeEach(() => {
  vi.useFakeTimers();
  stage = new FakeContext();
  sounds = new CallSounds(() => stage as unknown as AudioContext);
});
afterEach(() => void vi.useRealTimers());

test("rings until it is told to stop, then not once more", () => {
  sounds.play("incoming");
  const round = patterns.incoming.notes.length;
  expect(stage.started).toHaveLength(round);
  vi.advanceTimersByTime(3200 * 2);
  expect(stage.started).toHaveLength(round * 3);
  sounds.silence();
  vi.advanceTimersByTime(60_000);
  expect(stage.started).toHaveLength(round * 3);
  // What sounded at that moment is cut off, not played to its end.
  expect(stage.stopped.filter((at) => at === 0).length).toBeGreaterThanOrEqual(round);
});

test("asking for the ring that rings already does not begin it anew", () => {
  sounds.play("incoming");
  sounds.play("incoming");
  expect(stage.started).toHaveLength(patterns.incoming.notes.length);
});

test("one sound takes the place of another", () => {
  sounds.play("outgoing");
  sounds.play("connected");
  vi.advanceTimersByTime(10_000);
  expect(stage.started).toHaveLength(patterns.outgoing.notes.length + patterns.connected.notes.length);
  expect(sounds.playing).toBe("connected");
  sounds.close();
  expect(stage.isClosed).toBe(true);
});

test("no pattern is loud, and none rings over its own next round", () => {
  for (const { gain, notes, period } of Object.values(patterns)) {
    expect(gain).toBeLessThanOrEqual(0.2);
    const end = Math.max(...notes.map(({ at, length }) => at + length));
    if (period !== null) expect(end).toBeLessThan(period);
  }
});
