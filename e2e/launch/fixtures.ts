import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { CallRecord } from "../openapi/call-record.ts";
import { listen } from "../openapi/listening.ts";
import { writeUsed } from "../openapi/used-operations.ts";
import { startApp, type AppOptions, type RunningApp } from "./app.ts";

interface Fixtures {
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
export const test = base.extend<Fixtures, WorkerFixtures>({
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
  launch: async ({ profileDir }, use, testInfo) => {
    const apps: RunningApp[] = [];
    await use(async (options = {}) => {
      const app = await startApp({ profileDir, ...options });
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
