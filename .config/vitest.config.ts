import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Rings pure, model, core and contract run in Node; the renderer's classes and components in jsdom.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "main",
          environment: "node",
          include: [
            "main/**/*.test.ts",
            "main/**/*.test.mjs",
            "preload/**/*.test.ts",
            "e2e/**/*.test.ts",
            "e2e/**/*.test.mjs",
          ],
          exclude: ["e2e/specs/**", "**/*.synapse.test.ts", "**/node_modules/**"],
          testTimeout: 30_000,
          // What is awaited comes; how soon is the machine's affair.
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 30_000,
          // Vitest empties stylesheets; this one goes into a page as text.
          css: { include: [/export\/page\.css/] },
        },
      },
      {
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ["browser"] },
        test: {
          name: "renderer",
          environment: "jsdom",
          include: ["renderer/**/*.test.ts"],
          testTimeout: 20_000,
          // Vitest empties stylesheets; this one is read as text, for its contrasts.
          css: { include: [/tokens\.css/] },
        },
      },
    ],
    maxWorkers: 2,
  },
});
