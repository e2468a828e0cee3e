import { defineConfig } from "vitest/config";

// Tests that need a real Synapse; `npm test` runs them in a stage of their own, where there is one.
export default defineConfig({
  test: {
    name: "synapse",
    environment: "node",
    include: ["e2e/synapse/**/*.synapse.test.ts", "main/hosts/**/*.synapse.test.ts"],
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // A first run installs Synapse.
    hookTimeout: 30 * 60_000,
    // Once more in `npm test` only, which names it if that helped (docs/decisions/0007-shaky-stories.md).
    retry: process.env["DUNLIN_TEST_AGAIN"] === "1" ? 1 : 0,
  },
});
