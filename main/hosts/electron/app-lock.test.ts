import { beforeEach, describe, expect, test } from "vitest";
import { defaultSettings, type Settings } from "../../../preload/contract/models/settings.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { AppLock } from "./app-lock.ts";
import { DesktopState } from "./desktop-state.ts";

let clock: ManualClock;
let state: DesktopState;
let touchedAt: number;
let isInCall: boolean;
let changes: number;
let lock: AppLock;
beforeEach(() => {
  clock = new ManualClock();
  state = new DesktopState();
  touchedAt = 0;
  isInCall = false;
  changes = 0;
  lock = new AppLock({
    state,
    clock,
    monitor: { getSystemIdleTime: () => Math.floor((clock.now() - touchedAt) / 1000) },
    isInCall: () => isInCall,
    onChange: () => void (changes += 1),
  });
  state.set({ lock: { state: "open" } });
});
const follow = (part: Partial<Settings>): void => lock.follow({ ...defaultSettings, ...part });
const minutes = (count: number): number => count * 60_000;

describe("a lock after five minutes without anybody", () => {
  beforeEach(() => follow({ lockAfterMinutes: 5 }));

  test("comes then, and not a minute earlier; a touch begins them anew", () => {
    clock.advance(minutes(4));
    touchedAt = clock.now();
    clock.advance(minutes(4.9));
    expect(lock.isLocked).toBe(false);
    clock.advance(minutes(0.1));
    expect([lock.isLocked, changes]).toEqual([true, 1]);
    clock.advance(minutes(60));
    expect(changes).toBe(1); // it is locked once
  });

  test("waits for the end of a call", () => {
    isInCall = true;
    clock.advance(minutes(9));
    expect(lock.isLocked).toBe(false);
    isInCall = false;
    clock.advance(minutes(1));
    expect(lock.isLocked).toBe(true);
  });

  test("is there again after the passphrase", () => {
    clock.advance(minutes(6));
    touchedAt = clock.now();
    lock.open();
    clock.advance(minutes(4));
    expect(lock.isLocked).toBe(false);
    clock.advance(minutes(1));
    expect([lock.isLocked, changes]).toEqual([true, 3]);
  });

  test("goes with the wish for it, and with the app", () => {
    follow({ lockAfterMinutes: null });
    expect(clock.waiting).toBe(0);
    follow({ lockAfterMinutes: 5 });
    lock.stop();
    expect(clock.waiting).toBe(0);
  });
});

test("without a passphrase nothing locks by itself", () => {
  state.set({ lock: { state: "none" } });
  follow({ lockAfterMinutes: 1 });
  clock.advance(minutes(10));
  lock.screenLocked();
  expect(state.view.lock).toEqual({ state: "none" });
});

test("the system's screen locks it only where the user wants that, and never in a call", () => {
  follow({ lockWithScreen: false });
  lock.screenLocked();
  follow({ lockWithScreen: true });
  isInCall = true;
  lock.screenLocked();
  expect(lock.isLocked).toBe(false);
  isInCall = false;
  lock.screenLocked();
  expect(lock.isLocked).toBe(true);
});
