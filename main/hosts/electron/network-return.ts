import type { Clock } from "../../core/platform.ts";

/** Milliseconds between two looks; asking costs nothing, it reads a flag that Chromium keeps. */
const EVERY_MS = 2000;

export interface NetworkSigns {
  isOnline(): boolean;
  /** Calls when the machine woke up. */
  onResume(listener: () => void): void;
}

/**
 * Calls `isBack` when the machine wakes up and when it gets a network again, so that nobody has to wait for the end of a
 * backoff. Electron has an event for the first only. Returns the function that stops it.
 */
export function watchNetwork(signs: NetworkSigns, clock: Clock, isBack: () => void): () => void {
  let wasOnline = signs.isOnline();
  let isStopped = false;
  let cancel = (): void => undefined;
  const look = (): void => {
    const isOnline = signs.isOnline();
    if (isOnline && !wasOnline) isBack();
    wasOnline = isOnline;
    cancel = clock.after(EVERY_MS, look);
  };
  cancel = clock.after(EVERY_MS, look);
  signs.onResume(() => {
    if (!isStopped) isBack();
  });
  return () => {
    isStopped = true;
    cancel();
  };
}
