import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";
import type { AppOptions, RunningApp } from "../launch/app.ts";
import { test as base } from "../launch/fixtures.ts";
import { startHomeserver, type Homeserver } from "../homeserver/index.ts";
import { AppPage } from "./app-page.ts";

/** The app of one signed-in user, in a page. */
export interface Story {
  readonly app: RunningApp;
  readonly page: Page;
  readonly dunlin: AppPage;
}

interface StoryOptions {
  /** Servers that leave unsigned.transaction_id out. */
  omitTransactionId: boolean;
}

interface StoryFixtures {
  /** A homeserver of this test alone, with "ana" and "ben" on it. */
  homeserver: Homeserver;
  /** Starts the app on this test's profile, signs ana in unless the profile has a session, and opens it in `page`. */
  begin: (options?: Partial<AppOptions> & { in?: Page }) => Promise<Story>;
  /** Fails the test when a page of ours ran into an error, broke its CSP or spoke to anyone but its own host. */
  cleanPages: (page: Page) => void;
}

/** A user story: a homeserver, the app, a page, and the eyes of a suspicious reader on that page. */
export const test = base.extend<StoryFixtures & StoryOptions>({
  omitTransactionId: [false, { option: true }],
  homeserver: async ({ omitTransactionId }, use) => {
    const homeserver = await startHomeserver({ omitTransactionId });
    homeserver.world.addUser("ana", { displayName: "Ana" });
    homeserver.world.addUser("ben", { displayName: "Ben" });
    await use(homeserver);
    await homeserver.stop();
  },
  cleanPages: [
    async ({ page }, use) => {
      const found: string[] = [];
      const watch = (watched: Page) => watchPage(watched, found);
      watch(page);
      await use(watch);
      expect(found).toEqual([]);
    },
    { auto: true },
  ],
  begin: async ({ homeserver, launch, page }, use) => {
    await use(async ({ in: where = page, ...options } = {}) => {
      const order = { homeserver: homeserver.baseUrl, user: "ana", password: "password" };
      const app = await launch({ env: { DUNLIN_SIGN_IN: JSON.stringify(order) }, ...options });
      await where.goto(app.url);
      return { app, page: where, dunlin: new AppPage(where) };
    });
  },
});

/** Notes every error, every breach of the CSP, and every request to anyone else than where the page came from. */
function watchPage(page: Page, found: string[]): void {
  page.on("pageerror", (error) => found.push(`an error in the page: ${error.message}`));
  page.on("dialog", (dialog) => {
    found.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/Content Security Policy|violates/i.test(message.text())) found.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol === "data:" || url.protocol === "blob:") return;
    // Electron's own; `dunlin` is no host of any network.
    if (["app://dunlin", "media://dunlin"].includes(`${url.protocol}//${url.host}`)) return;
    if (url.hostname !== "127.0.0.1") found.push(`a request to ${request.url()}`);
    const from = page.url();
    // The first request of a page comes before it has an address.
    if (from.startsWith("http") && url.origin !== new URL(from).origin && !request.isNavigationRequest())
      found.push(`a request to another origin: ${request.url()}`);
  });
}

export { expect };
export { headlessOnly } from "../launch/fixtures.ts";
