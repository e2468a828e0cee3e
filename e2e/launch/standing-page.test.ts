import type { Page } from "@playwright/test";
import { describe, expect, it } from "vitest";
import { StandingPage } from "./standing-page.ts";

/** Finds, and can be filled: as much as tells a locator. */
class Found {
  readonly #window: string;
  readonly #path: string;
  constructor(window: string, path: string) {
    this.#window = window;
    this.#path = path;
  }
  locator(path: string): Found {
    return new Found(this.#window, `${this.#path} ${path}`);
  }
  nth(index: number): Found {
    return this.locator(String(index));
  }
  fill(): Promise<void> {
    return Promise.resolve();
  }
  textContent(): Promise<string> {
    return Promise.resolve(`${this.#path} in ${this.#window}`);
  }
}

class FakeWindow {
  readonly name: string;
  readonly did: string[] = [];
  readonly keyboard = { press: (key: string) => this.#note(`press ${key}`) };
  constructor(name: string) {
    this.name = name;
  }
  on = (name: string) => this.#note(`on ${name}`);
  emulateMedia = ({ colorScheme }: { colorScheme: string }) => this.#note(`in ${colorScheme}`);
  addInitScript = () => this.#note("script");
  reload = () => this.#note("reload");
  url = () => "app://dunlin/index.html";
  waitForLoadState = () => this.#note("wait");
  locator(path: string): Found {
    return new Found(this.name, path);
  }
  #note(what: string): Promise<void> {
    this.did.push(what);
    return Promise.resolve();
  }
}
const asPage = (window: FakeWindow): Page => window as unknown as Page;

describe("one page for a story, whatever window shows it", () => {
  it("keeps what is set before there is a window, and sets it again in the next", async () => {
    const standing = new StandingPage();
    const { page } = standing;
    page.on("console", () => undefined);
    await page.emulateMedia({ colorScheme: "dark" });
    const [first, second] = [new FakeWindow("first"), new FakeWindow("second")];
    await standing.show(asPage(first));
    expect(first.did).toEqual(["on console", "in dark"]);
    await page.keyboard.press("Enter");
    await page.emulateMedia({ colorScheme: "light" });
    await standing.show(asPage(second));
    expect(first.did.slice(2)).toEqual(["press Enter", "in light"]);
    expect(second.did).toEqual(["on console", "in dark", "in light"]);
  });

  it("has scripts for the beginning of a page run in one that has begun already", async () => {
    const standing = new StandingPage();
    await standing.page.addInitScript("script");
    const window = new FakeWindow("first");
    await standing.show(asPage(window));
    expect(window.did).toEqual(["script", "reload"]);
  });

  it("finds in the new window what was looked for in the old one", async () => {
    const standing = new StandingPage();
    await standing.show(asPage(new FakeWindow("first")));
    const row = standing.page.locator("nav").locator("row");
    expect(await row.textContent()).toBe("nav row in first");
    await standing.show(asPage(new FakeWindow("second")));
    expect(await row.textContent()).toBe("nav row in second");
  });

  it("is nothing one can wait for, use before it is there, or send elsewhere", async () => {
    const standing = new StandingPage();
    expect(await Promise.resolve(standing.page)).toBe(standing.page);
    expect(() => standing.page.keyboard).toThrow("before there is a window");
    await standing.show(asPage(new FakeWindow("first")));
    await standing.page.goto("app://dunlin/index.html");
    await standing.page.goto("about:blank");
    await expect(standing.page.goto("https://evil.example")).rejects.toThrow("does not go to");
  });
});
