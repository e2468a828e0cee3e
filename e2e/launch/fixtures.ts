import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { startApp, type AppOptions, type RunningApp } from "./app.ts";

interface Fixtures {
  /** An empty profile folder, removed afterwards. */
  profileDir: string;
  /** Starts the app on `profileDir`; whatever still runs at the end of the test is stopped. */
  launch: (options?: Partial<AppOptions>) => Promise<RunningApp>;
}

/** Playwright's `test` with the app: a profile of its own per test, what the app said attached when it fails. */
export const test = base.extend<Fixtures>({
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
