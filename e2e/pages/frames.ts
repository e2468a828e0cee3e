import type { Locator, Page } from "@playwright/test";

/** Resolves when the page has painted twice: what was asked before is on the screen. */
export function painted(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => done()));
      }),
  );
}

/** What one element did from frame to frame. */
export interface Watched {
  /** Every different distance from the log's top to the element's top, px, in order; "gone" when it left the page. */
  stop(): Promise<readonly (number | "gone")[]>;
}

/**
 * Notes where `row` stands within the log after every frame. Measured in the very first task after the frame: during it
 * (in requestAnimationFrame) one would see what the observers of that frame still correct before anything is painted,
 * later what has come into the page since.
 */
export async function watchPosition(row: Locator): Promise<Watched> {
  const watch = await row.evaluateHandle((element) => {
    const log = element.closest('[role="log"]');
    const seen: (number | "gone")[] = [];
    const state = { isOn: true, seen };
    const windowSize = (): string => `${innerWidth}×${innerHeight}`;
    let sizeOfFrame = windowSize();
    const look = (): void => {
      // The window changed its size since that frame: what would be measured now is nothing anybody has seen.
      if (windowSize() !== sizeOfFrame) return;
      const at =
        log === null || !element.isConnected
          ? ("gone" as const)
          : Math.round((element.getBoundingClientRect().top - log.getBoundingClientRect().top) * 10) / 10;
      if (seen.at(-1) !== at) seen.push(at);
    };
    const frame = (): void =>
      void requestAnimationFrame(() => {
        sizeOfFrame = windowSize();
        void scheduler.postTask(next, { priority: "user-blocking" });
      });
    const next = (): void => {
      look();
      if (state.isOn) frame();
    };
    look();
    frame();
    return state;
  });
  return {
    stop: () =>
      watch.evaluate(
        (state) =>
          new Promise<readonly (number | "gone")[]>((done) => {
            requestAnimationFrame(() =>
              requestAnimationFrame(() => {
                state.isOn = false;
                done(state.seen);
              }),
            );
          }),
      ),
  };
}

/** Whether the positions are one place, give or take half a pixel of rounding. */
export function stayed(positions: readonly (number | "gone")[]): boolean {
  const [first] = positions;
  return (
    typeof first === "number" && positions.every((at) => typeof at === "number" && Math.abs(at - first) <= 1)
  );
}
