import { defineConfig } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "./launch/chromium.ts";
import type { HostOption } from "./launch/fixtures.ts";

const executablePath = chromiumPath();
const chromium = {
  browserName: "chromium",
  launchOptions: { args: chromiumFlags, ...(executablePath === undefined ? {} : { executablePath }) },
} as const;

/**
 * Stories that are no window's: two people in two browsers, or how the headless host itself starts and fails. Single
 * tests of the others that only a browser can play carry the tag @headless, and say why beside it.
 */
const notOfAWindow = ["calls", "call-look", "glare", "failures", "desktop"].map(
  (name) => `**/${name}.spec.ts`,
);

// *.synapse.spec.ts need a real Synapse, *.electron.spec.ts the real Electron; all others run on e2e/homeserver.
export default defineConfig<HostOption>({
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
    // The same stories in the real Electron; the program has to be here (CI; `npm start` downloads it).
    {
      name: "electron",
      testMatch: "**/*.spec.ts",
      testIgnore: ["**/*.synapse.spec.ts", ...notOfAWindow],
      grepInvert: /@headless/,
      use: { ...chromium, host: "electron" },
    },
    // And on Electron's bundle under the stand-in module, with the page in Chromium: needs nothing.
    {
      name: "stand-in",
      testMatch: "**/*.spec.ts",
      testIgnore: ["**/*.synapse.spec.ts", "**/*.electron.spec.ts", ...notOfAWindow],
      grepInvert: /@headless/,
      use: { ...chromium, host: "stand-in" },
    },
  ],
});
