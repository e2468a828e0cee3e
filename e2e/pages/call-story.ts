import type { BrowserContext } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppOptions, RunningApp } from "../launch/app.ts";
import { AppPage } from "./app-page.ts";
import { CallPage } from "./call-page.ts";
import { probeCalls } from "./call-probe.ts";
import { test as story } from "./story.ts";

/** Somebody at their own machine: an app, a page, and the calls in it. */
export interface Caller {
  readonly app: RunningApp;
  readonly dunlin: AppPage;
  readonly calls: CallPage;
}

interface CallFixtures {
  /** A direct chat of ana and ben. */
  roomId: string;
  /** Starts an app for this user (another profile each time), signs in, and opens the chat with the other one. */
  sitDown: (user: "ana" | "ben", options?: Partial<AppOptions>) => Promise<Caller>;
}

/** Stories with several people or devices at once. */
export const test = story.extend<CallFixtures>({
  roomId: async ({ homeserver }, use) => {
    await use(homeserver.world.createRoom({ creator: "ana", members: ["ben"], isDirect: true }));
  },
  sitDown: async ({ homeserver, launch, browser, cleanPages, roomId }, use) => {
    const profiles: string[] = [];
    const contexts: BrowserContext[] = [];
    await use(async (user, options = {}) => {
      const profileDir = mkdtempSync(join(tmpdir(), "dunlin-caller-"));
      profiles.push(profileDir);
      const order = { homeserver: homeserver.baseUrl, user, password: "password" };
      const app = await launch({ profileDir, env: { DUNLIN_SIGN_IN: JSON.stringify(order) }, ...options });
      // A context of its own: fake devices are shared by all, cookies and storage are not.
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      contexts.push(context);
      const page = await context.newPage();
      cleanPages(page);
      await probeCalls(page);
      await page.goto(app.url);
      const dunlin = new AppPage(page);
      await dunlin.connection("live");
      await dunlin.openRoom(user === "ana" ? "Ben" : "Ana", roomId);
      return { app, dunlin, calls: new CallPage(page) };
    });
    // The browser outlives the story: pages left open would go on filming and ringing beside the next one.
    await Promise.all(contexts.map((context) => context.close()));
    for (const dir of profiles) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  },
});

export { expect } from "./story.ts";
