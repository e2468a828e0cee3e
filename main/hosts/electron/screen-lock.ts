import type { BrowserWindow, PowerMonitor } from "electron";

/**
 * While the system's screen is locked nobody reads: the window gives the focus away, so that what comes notifies and is
 * not marked as read, and takes it back after.
 */
export function watchScreenLock(
  monitor: Pick<PowerMonitor, "on">,
  window: () => Pick<BrowserWindow, "isFocused" | "blur" | "focus"> | null,
  onLocked: () => void,
): void {
  let hadFocus = false;
  monitor.on("lock-screen", () => {
    hadFocus = window()?.isFocused() ?? false;
    if (hadFocus) window()?.blur();
    onLocked();
  });
  monitor.on("unlock-screen", () => {
    if (hadFocus) window()?.focus();
    hadFocus = false;
  });
}
