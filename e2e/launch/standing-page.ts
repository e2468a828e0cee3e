import type { Page } from "@playwright/test";

// A browser's page stays while the app behind it is ended and started again; a window of Electron goes with its app. For
// a story both are one page: this one, which is always the window there is.

/** What a story sets on its page and expects to hold from then on: a new window gets it too. */
const lasting: ReadonlySet<PropertyKey> = new Set([
  "on",
  "addInitScript",
  "emulateMedia",
  "setViewportSize",
  "route",
]);

export class StandingPage {
  #window: Page | null = null;
  readonly #set: { readonly name: string; readonly args: unknown[] }[] = [];
  /** Looks like any page. */
  readonly page: Page = new Proxy({} as Page, {
    get: (_nothing, name) => this.#get(name),
    has: (_nothing, name) => this.#window !== null && name in this.#window,
  });

  /** From now on this is the page. What was set before holds in it. */
  async show(window: Page): Promise<void> {
    this.#window = window;
    for (const { name, args } of this.#set) await callOn(window, name, args);
    // Scripts for the beginning of a page come too late for one that is there already.
    if (this.#set.some(({ name }) => name === "addInitScript")) await window.reload();
  }

  #get(name: PropertyKey): unknown {
    const window = this.#window;
    if (typeof name === "string" && lasting.has(name))
      return (...args: unknown[]) => {
        this.#set.push({ name, args });
        return window === null ? Promise.resolve() : callOn(window, name, args);
      };
    if (name === "goto") return (url: string) => this.#goto(url);
    // Looked at by `await` and by whoever prints a value; a page has neither.
    if (name === "then" || typeof name === "symbol") return undefined;
    return lastingPart(() => {
      if (this.#window === null) throw new Error(`page.${String(name)} before there is a window`);
      return this.#window;
    }, name);
  }

  /** The window has loaded its page by itself; elsewhere it cannot go. */
  async #goto(url: string): Promise<null> {
    const window = this.#window;
    if (url === "about:blank") return null;
    if (window?.url() !== url) throw new Error(`a window of the app does not go to ${url}`);
    await window.waitForLoadState("load");
    return null;
  }
}

const callOn = (owner: object, name: PropertyKey, args: unknown[]): unknown =>
  (Reflect.get(owner, name) as (...given: unknown[]) => unknown).apply(owner, args);

/** A part of what `owner` is now. What it finds (a Locator) is looked for anew in every window. */
function lastingPart(owner: () => object, name: PropertyKey): unknown {
  const now = owner();
  const value: unknown = Reflect.get(now, name);
  // By this Playwright's expect tells pages and locators.
  if (typeof value !== "function" || name === "constructor") return value;
  return (...args: unknown[]) => {
    const found = callOn(now, name, args);
    return isLocator(found) ? lastingLocator(() => callOn(owner(), name, args) as object) : found;
  };
}

/** By what it can do: the names of Playwright's classes are its own affair. */
const isLocator = (value: unknown): value is object =>
  typeof value === "object" && value !== null && ["locator", "nth", "fill"].every((name) => name in value);

function lastingLocator(find: () => object): object {
  return new Proxy(find(), { get: (_first, name) => lastingPart(find, name) });
}
