import type { Locator } from "@playwright/test";

/** What was seen while scrolling. */
export interface Scrolled {
  /** Moves of the line being read that nobody scrolled, px, beyond a pixel of rounding. */
  readonly moved: readonly number[];
  /** Frames in which the line could be watched. */
  readonly watched: number;
  readonly mostElements: number;
  /** Pictures in the page at once. */
  readonly mostPictures: number;
}

/** Scrolls a log up until the start of its room, watching the line: see `scrollThrough`. */
export const scrollToStart = (log: Locator, steps: readonly number[]): Promise<Scrolled> =>
  scrollThrough(log, steps, "up");

/** Scrolls a log down until its end, watching the line: see `scrollThrough`. */
export const scrollToEnd = (log: Locator, steps: readonly number[]): Promise<Scrolled> =>
  scrollThrough(log, steps, "down");

/**
 * Scrolls a log to its start or end, by so many px a frame as `steps` says in turn, and watches in every frame the line
 * being read: it has to stand where the scrolling put it, whatever is put in above it, taken away below it, or learns
 * its height. At the end, where the log follows what comes, nothing is watched.
 */
function scrollThrough(log: Locator, steps: readonly number[], way: "up" | "down"): Promise<Scrolled> {
  return log.evaluate(
    (scroller: HTMLElement, { turns, way }) =>
      new Promise<Scrolled>((resolve) => {
        const moved: number[] = [];
        const all = document.getElementsByTagName("*");
        const pictures = scroller.getElementsByTagName("img");
        let [watched, mostElements, mostPictures] = [0, 0, 0];
        const topOf = (element: Element): number =>
          element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
        /** The first message that is wholly in view and still is after the step. */
        const lineBeingRead = (step: number): Element | undefined =>
          Array.from(scroller.querySelectorAll('[data-kind="message"]')).find(
            (row) => topOf(row) >= Math.max(0, step),
          );
        const toEnd = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
        const isThere = (): boolean =>
          way === "up"
            ? scroller.dataset["older"] === "exhausted" && scroller.scrollTop <= 0
            : scroller.dataset["newer"] !== "loading" && toEnd() <= 1;
        let line: Element | undefined;
        let [expected, turn] = [0, 0];
        const look = (): void => {
          if (line?.isConnected === true) {
            watched += 1;
            const by = topOf(line) - expected;
            if (Math.abs(by) > 1) moved.push(Math.round(by * 10) / 10);
          }
          mostElements = Math.max(mostElements, all.length);
          mostPictures = Math.max(mostPictures, pictures.length);
          if (isThere()) return resolve({ moved, watched, mostElements, mostPictures });
          const step = (turns[turn++ % turns.length] ?? 0) * (way === "up" ? -1 : 1);
          line = lineBeingRead(step);
          const before = line === undefined ? 0 : topOf(line);
          const from = scroller.scrollTop;
          scroller.scrollTop = Math.max(0, from + step);
          expected = before + from - scroller.scrollTop;
          // There it follows the end.
          if (way === "down" && toEnd() <= 13) line = undefined;
          frame();
        };
        // In the very first task after the frame: during it one would see what is still corrected before it is painted,
        // later what has come into the page since.
        const frame = (): void =>
          void requestAnimationFrame(() => void scheduler.postTask(look, { priority: "user-blocking" }));
        frame();
      }),
    { turns: steps, way },
  );
}

/** How far from its end a log was, px, in the frames until `stop`: the largest distance. */
export async function watchEnd(log: Locator): Promise<{ stop(): Promise<number> }> {
  const watch = await log.evaluateHandle((scroller) => {
    const state = { isOn: true, most: 0 };
    const look = (): void => {
      const distance = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
      state.most = Math.max(state.most, distance);
      if (state.isOn) frame();
    };
    const frame = (): void =>
      void requestAnimationFrame(() => void scheduler.postTask(look, { priority: "user-blocking" }));
    frame();
    return state;
  });
  return {
    stop: () =>
      watch.evaluate((state) => {
        state.isOn = false;
        return state.most;
      }),
  };
}
