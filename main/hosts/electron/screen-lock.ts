import type { BrowserWindow, PowerMonitor } from "electron";
import type { Clock } from "../../core/platform.ts";

/** Ms between two looks at the screen where the system does not tell. */
const LOOK_MS = 5000;
/** Seconds after which Electron would say `idle`; only `locked` is of interest. */
const IDLE_SECONDS = 60;

export interface ScreenLockOptions {
  readonly monitor: Pick<PowerMonitor, "on" | "getSystemIdleState">;
  readonly clock: Pick<Clock, "after">;
  readonly platform: NodeJS.Platform;
  readonly window: () => Pick<BrowserWindow, "isFocused" | "blur" | "focus"> | null;
  readonly onLocked: () => void;
}

/**
 * While the system's screen is locked nobody reads: the window gives the focus away, so that what comes notifies and is
 * not marked as read, and takes it back after. Returns the function that ends it.
 */
export function watchScreenLock({
  monitor,
  clock,
  platform,
  window,
  onLocked,
}: ScreenLockOptions): () => void {
  let hadFocus = false;
  const locked = (): void => {
    hadFocus = window()?.isFocused() ?? false;
    if (hadFocus) window()?.blur();
    onLocked();
  };
  const unlocked = (): void => {
    if (hadFocus) window()?.focus();
    hadFocus = false;
  };
  if (platform !== "linux") {
    monitor.on("lock-screen", locked);
    monitor.on("unlock-screen", unlocked);
    return () => undefined;
  }
  // Linux has neither event (electron.d.ts: darwin, win32), and says so only to who asks, as far as its desktop tells.
  let isLocked = false;
  let cancel = (): void => undefined;
  const look = (): void => {
    const wasLocked = isLocked;
    isLocked = monitor.getSystemIdleState(IDLE_SECONDS) === "locked";
    if (isLocked && !wasLocked) locked();
    if (!isLocked && wasLocked) unlocked();
    cancel = clock.after(LOOK_MS, look);
  };
  cancel = clock.after(LOOK_MS, look);
  return () => cancel();
}
