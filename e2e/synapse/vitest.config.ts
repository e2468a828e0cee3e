import { defineConfig } from "vitest/config";

// Tests that need a real Synapse; `npm test` runs them in a stage of their own, where there is one.
export default defineConfig({
  test: {
    name: "synapse",
    environment: "node",
    include: ["e2e/synapse/**/*.synapse.test.ts", "main/hosts/**/*.synapse.test.ts"],
    testTimeout: 60_000,
    // A first run installs Synapse.
    hookTimeout: 30 * 60_000,
  },
});
