import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { CallRecord } from "../openapi/call-record.ts";
import { listen } from "../openapi/listening.ts";
import { writeUsed } from "../openapi/used-operations.ts";
import { startApp, type AppOptions, type RunningApp } from "./app.ts";
import { openStandIn } from "./desktop-app.ts";
import { openElectron } from "./electron-window.ts";
import { StandingPage } from "./standing-page.ts";

/**
 * What a story runs on: the headless host with its page in Chromium, the real Electron, or Electron's bundle under the
 * stand-in with its page in Chromium. The switch is Playwright's `--project`.
 */
export type Host = "headless" | "electron" | "stand-in";

/** For a story that only the headless host and a browser can play, and why. */
export const headlessOnly = (why: string) => ({
  tag: "@headless",
  annotation: { type: "headless only", description: why },
});

export interface HostOption {
  host: Host;
}

interface Fixtures {
  /** The page of whatever window the app has; null where it has none of its own. */
  standing: StandingPage | null;
  /** Fails the test on a call that the specification does not know. */
  validCalls: void;
  /** An empty profile folder, removed afterwards. */
  profileDir: string;
  /** Starts the app on `profileDir`; whatever still runs at the end of the test is stopped. */
  launch: (options?: Partial<AppOptions>) => Promise<RunningApp>;
}

interface WorkerFixtures {
  /** Every call to a homeserver or proxy of this worker. */
  calls: CallRecord;
}

/**
 * Playwright's `test` with the app: a profile of its own per test, what the app said attached when it fails. A test
 * also fails when a call to the homeserver was not valid by the specification.
 */
export const test = base.extend<Fixtures & HostOption, WorkerFixtures>({
  host: ["headless", { option: true }],
  standing: async ({ host }, use) => use(host === "headless" ? null : new StandingPage()),
  // With a window of its own the app needs no page of the browser, which stays for what a story reads beside it.
  page: async ({ page, standing }, use) => use(standing?.page ?? page),
  calls: [
    // As below.
    async ({}, use) => {
      const calls = new CallRecord();
      const stop = listen(calls);
      await use(calls);
      stop();
      writeUsed(calls.used);
    },
    { scope: "worker", auto: true },
  ],
  validCalls: [
    async ({ calls }, use) => {
      await use();
      const complaint = calls.complaint();
      calls.problems.length = 0;
      expect(complaint).toBeUndefined();
    },
    { auto: true },
  ],
  // Playwright reads what a fixture needs from this pattern, and insists on one even when that is nothing.
  profileDir: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), "dunlin-profile-"));
    await use(dir);
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  },
  launch: async ({ profileDir, host, standing, context, launchOptions }, use, testInfo) => {
    const apps: RunningApp[] = [];
    const start = async (options: AppOptions): Promise<RunningApp> => {
      if (standing === null) return startApp(options);
      const { app, page } = await (host === "electron"
        ? openElectron(options, launchOptions.args)
        : openStandIn(context, options));
      await standing.show(page);
      return app;
    };
    await use(async (options = {}) => {
      const app = await start({ profileDir, ...options });
      apps.push(app);
      return app;
    });
    for (const [index, app] of apps.entries()) {
      await app.kill();
      if (testInfo.status === testInfo.expectedStatus) continue;
      await testInfo.attach(`app-${index}.log`, { body: app.stderr(), contentType: "text/plain" });
    }
  },
});

export { expect } from "@playwright/test";
