import { EventEmitter } from "node:events";
import { beforeEach, expect, test } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import { watchScreenLock } from "./screen-lock.ts";

let clock: ManualClock;
let state: "active" | "idle" | "locked" | "unknown";
let events: EventEmitter;
let did: string[];
let isFocused: boolean;
beforeEach(() => {
  clock = new ManualClock();
  state = "active";
  events = new EventEmitter();
  did = [];
  isFocused = true;
});
const watch = (platform: NodeJS.Platform): (() => void) =>
  watchScreenLock({
    monitor: Object.assign(events, { getSystemIdleState: () => state }) as never,
    clock,
    platform,
    window: () => ({
      isFocused: () => isFocused,
      blur: () => void did.push("blur"),
      focus: () => void did.push("focus"),
    }),
    onLocked: () => void did.push("locked"),
  });

test("a Linux desktop is asked: the focus goes with the lock, once, and comes back after it", () => {
  watch("linux");
  clock.advance(20_000);
  expect(did).toEqual([]);
  state = "locked";
  clock.advance(60_000);
  expect(did).toEqual(["blur", "locked"]);
  state = "idle";
  clock.advance(60_000);
  expect(did).toEqual(["blur", "locked", "focus"]);
});

test("a window that was behind another stays there", () => {
  isFocused = false;
  watch("linux");
  state = "locked";
  clock.advance(5000);
  state = "active";
  clock.advance(5000);
  expect(did).toEqual(["locked"]);
});

test("a desktop that does not tell never locks, and nobody asks it any more after the end", () => {
  const stop = watch("linux");
  state = "unknown";
  clock.advance(60_000);
  stop();
  state = "locked";
  clock.advance(60_000);
  expect(did).toEqual([]);
});

test.each(["win32", "darwin"] as const)("%s tells by itself, and is not asked", (platform) => {
  watch(platform);
  state = "locked";
  clock.advance(60_000);
  expect(did).toEqual([]);
  events.emit("lock-screen");
  events.emit("unlock-screen");
  expect(did).toEqual(["blur", "locked", "focus"]);
});
