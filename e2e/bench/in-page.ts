// What runs inside the page, put there before the page's own scripts. Times are taken here, so that nothing of the way
// between bench and browser is in them.

/** What to wait for. */
export type Sight =
  | { readonly see: "message"; readonly text: string }
  | { readonly see: "other-room"; readonly than: string | null }
  | { readonly see: "last-message" }
  /** The list says it has at least so many entries. */
  | { readonly see: "list"; readonly entries: number }
  | { readonly see: "other-entries"; readonly than: number }
  | { readonly see: "input" }
  | { readonly see: "element"; readonly selector: string }
  /** A search result in which just this is marked. */
  | { readonly see: "marked"; readonly text: string }
  /** The list of which this is a row says it has another number of entries. */
  | { readonly see: "other-size"; readonly selector: string; readonly than: number };

/** The input whose own time stamp is the beginning; "now": the page's time origin. */
export type Begin = "keydown" | "click" | "navigation";

/** All in ms since the epoch. */
export interface Painted {
  readonly begin: number;
  /** It is in the page. */
  readonly dom: number;
  /** The frame that shows it was laid out, painted and handed to the compositor. */
  readonly painted: number;
  /** The frame after that began (two requestAnimationFrame after `dom`): it is on the screen for certain. */
  readonly next: number;
}

export interface Scrolled {
  readonly ms: number;
  /** Times between frames, ms. */
  readonly frames: readonly number[];
  readonly maxElements: number;
}

export interface Probe {
  /** Begins to wait; `seen(id)` answers. */
  arm(id: string, begin: Begin, sight: Sight): void;
  seen(id: string): Promise<Painted>;
  /** Scrolls the messages up at this speed (px/s) until the start of the room. */
  scrollToStart(speed: number): Promise<Scrolled>;
  /** Scrolls the list of which this is a row down at this speed (px/s), for so many frames. */
  scrollDown(selector: string, speed: number, frames: number): Promise<Scrolled>;
  /** How many entries the list of which this is a row says it has; 0 without a row. */
  setSize(selector: string): number;
}

declare global {
  interface Window {
    bench: Probe;
  }
}

/** For `addInitScript`: refers to nothing outside itself. */
export function installProbe(): void {
  const waiting = new Map<string, Promise<Painted>>();
  const epoch = (time: number): number => performance.timeOrigin + time;
  const log = (): HTMLElement | null => document.querySelector<HTMLElement>('[role="log"]');
  const entries = (): number =>
    Number(
      document.querySelector('nav [role="listitem"]')?.getAttribute("aria-setsize") ??
        document.querySelector("nav [aria-setsize]")?.getAttribute("aria-setsize") ??
        0,
    );

  function isSeen(sight: Sight): boolean {
    switch (sight.see) {
      case "message": {
        const rows = log()?.querySelectorAll('[data-kind="message"]') ?? [];
        for (let at = rows.length - 1; at >= 0; at -= 1)
          if (rows[at]?.textContent.includes(sight.text)) return true;
        return false;
      }
      case "other-room": {
        const shown = log();
        return (
          shown !== null &&
          shown.dataset["roomId"] !== sight.than &&
          shown.querySelector('[data-kind="message"]') !== null
        );
      }
      case "last-message":
        return (log()?.querySelector('[data-kind="message"]') ?? null) !== null;
      case "list":
        return entries() >= sight.entries;
      case "other-entries":
        return entries() !== sight.than;
      case "input":
        return false;
      case "element":
        return document.querySelector(sight.selector) !== null;
      case "marked":
        return Array.from(document.querySelectorAll("[data-result] mark")).some(
          ({ textContent }) => textContent.toLowerCase() === sight.text,
        );
      case "other-size":
        return setSize(sight.selector) !== sight.than;
    }
  }

  function setSize(selector: string): number {
    const row = document.querySelector(selector)?.closest("[aria-setsize]");
    return Number(row?.getAttribute("aria-setsize") ?? 0);
  }

  function scrollerOf(selector: string): Element | null {
    let element = document.querySelector(selector);
    while (element !== null && !/auto|scroll/.test(getComputedStyle(element).overflowY))
      element = element.parentElement;
    return element;
  }

  function scrollDown(selector: string, speed: number, count: number): Promise<Scrolled> {
    const frames: number[] = [];
    const all = document.getElementsByTagName("*");
    const scroller = scrollerOf(selector);
    let maxElements = 0;
    return new Promise((resolve) => {
      const begin = performance.now();
      let last = begin;
      const step = (now: number): void => {
        if (last !== begin) frames.push(now - last);
        scroller?.scrollBy(0, Math.min((speed * (now - last)) / 1000, scroller.clientHeight * 0.8));
        last = now;
        maxElements = Math.max(maxElements, all.length);
        if (frames.length >= count) resolve({ ms: performance.now() - begin, frames, maxElements });
        else requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  }

  function afterPaint(begin: number, dom: number): Promise<Painted> {
    return new Promise((resolve) => {
      requestAnimationFrame(() => {
        let painted = 0;
        // A message posted before layout and paint of this frame is delivered after them.
        const channel = new MessageChannel();
        channel.port1.onmessage = () => (painted = performance.now());
        channel.port2.postMessage(null);
        requestAnimationFrame(() => {
          const next = performance.now();
          const [b, d, p, n] = [begin, dom, painted === 0 ? next : painted, next].map(epoch) as [
            number,
            number,
            number,
            number,
          ];
          resolve({ begin: b, dom: d, painted: p, next: n });
        });
      });
    });
  }

  async function wait(begin: Begin, sight: Sight): Promise<Painted> {
    let began: number | null = begin === "navigation" ? 0 : null;
    const onBegin = (event: Event): void => void (began ??= event.timeStamp);
    if (begin !== "navigation") addEventListener(begin, onBegin, { capture: true });
    const dom = await new Promise<number>((resolve) => {
      const look = (): boolean => {
        if (began === null || !isSeen(sight)) return false;
        observer.disconnect();
        resolve(performance.now());
        return true;
      };
      const observer = new MutationObserver(look);
      const options = { subtree: true, childList: true, attributes: true, characterData: true };
      if (sight.see === "input") {
        addEventListener("input", () => resolve(performance.now()), { once: true });
      } else if (!look()) observer.observe(document, options);
    });
    removeEventListener(begin, onBegin, { capture: true });
    return afterPaint(began ?? 0, dom);
  }

  function scrollToStart(speed: number): Promise<Scrolled> {
    const frames: number[] = [];
    const all = document.getElementsByTagName("*");
    let maxElements = 0;
    return new Promise((resolve) => {
      const begin = performance.now();
      let last = begin;
      const step = (now: number): void => {
        const passed = now - last;
        if (last !== begin) frames.push(passed);
        last = now;
        maxElements = Math.max(maxElements, all.length);
        const scroller = log();
        if (scroller?.dataset["older"] === "exhausted" && scroller.scrollTop <= 0) {
          return resolve({ ms: performance.now() - begin, frames, maxElements });
        }
        if (scroller !== null) {
          // After a long frame no longer jump than a wheel would make.
          const distance = Math.min((speed * passed) / 1000, scroller.clientHeight * 0.8);
          scroller.scrollTop = Math.max(0, scroller.scrollTop - distance);
        }
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
  }

  window.bench = {
    arm: (id, begin, sight) => void waiting.set(id, wait(begin, sight)),
    async seen(id) {
      const painted = await waiting.get(id);
      waiting.delete(id);
      if (painted === undefined) throw new Error(`nothing waits for ${id}`);
      return painted;
    },
    scrollToStart,
    scrollDown,
    setSize,
  };
}
