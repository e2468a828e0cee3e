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

/**
 * Scrolls a log up until the start of its room, by so many px a frame as `steps` says in turn, and watches in every frame the line being read: it
 * has to stand where the scrolling put it, whatever is put in above it, taken away below it, or learns its height.
 */
export function scrollToStart(log: Locator, steps: readonly number[]): Promise<Scrolled> {
  return log.evaluate(
    (scroller: HTMLElement, turns) =>
      new Promise<Scrolled>((resolve) => {
        const moved: number[] = [];
        const all = document.getElementsByTagName("*");
        const pictures = scroller.getElementsByTagName("img");
        let [watched, mostElements, mostPictures] = [0, 0, 0];
        const topOf = (element: Element): number =>
          element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
        /** The first message below the middle of what the step will show: it stays in view. */
        const lineBeingRead = (): Element | undefined =>
          Array.from(scroller.querySelectorAll('[data-kind="message"]')).find((row) => topOf(row) >= 0);
        const channel = new MessageChannel();
        let line: Element | undefined;
        let [expected, turn] = [0, 0];
        // In a task right after the frame: during it one would see what is still corrected before it is painted.
        channel.port1.onmessage = () => {
          if (line?.isConnected === true) {
            watched += 1;
            const by = topOf(line) - expected;
            if (Math.abs(by) > 1) moved.push(Math.round(by * 10) / 10);
          }
          mostElements = Math.max(mostElements, all.length);
          mostPictures = Math.max(mostPictures, pictures.length);
          if (scroller.dataset["older"] === "exhausted" && scroller.scrollTop <= 0)
            return resolve({ moved, watched, mostElements, mostPictures });
          line = lineBeingRead();
          const before = line === undefined ? 0 : topOf(line);
          const from = scroller.scrollTop;
          scroller.scrollTop = Math.max(0, from - (turns[turn++ % turns.length] ?? 0));
          expected = before + from - scroller.scrollTop;
          requestAnimationFrame(() => channel.port2.postMessage(null));
        };
        channel.port2.postMessage(null);
      }),
    steps,
  );
}
