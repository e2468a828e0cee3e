import { defineConfig } from "@playwright/test";
import { findElectron } from "../main/launch/electron.mjs";
import { chromiumFlags, chromiumPath } from "./launch/chromium.ts";

const executablePath = chromiumPath();
const chromium = {
  browserName: "chromium",
  launchOptions: { args: chromiumFlags, ...(executablePath === undefined ? {} : { executablePath }) },
} as const;

// *.synapse.spec.ts need a real Synapse, *.electron.spec.ts the real Electron; all others run on e2e/homeserver.
export default defineConfig({
  testDir: "specs",
  outputDir: "../test-results/e2e",
  // Prints the endpoints used.
  globalSetup: "./openapi/print-used.ts",
  timeout: 120_000,
  // Long enough for a machine with other work; what holds holds within a second.
  expect: { timeout: 40_000 },
  retries: 0,
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  reporter: "list",
  use: { trace: "retain-on-failure", screenshot: "only-on-failure", viewport: { width: 1200, height: 800 } },
  projects: [
    {
      name: "headless",
      testMatch: "**/*.spec.ts",
      testIgnore: ["**/*.synapse.spec.ts", "**/*.electron.spec.ts"],
      use: chromium,
    },
    // Seeding thousands of messages takes a real server minutes.
    { name: "synapse", testMatch: "**/*.synapse.spec.ts", timeout: 15 * 60_000, use: chromium },
    ...(findElectron() === undefined ? [] : [{ name: "electron", testMatch: "**/*.electron.spec.ts" }]),
  ],
});
