import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const elsewhere = ["e2e/specs/**", "**/*.synapse.test.ts", "**/node_modules/**"];
/** Tests that start our programs as processes of their own. */
const processes = ["main/hosts", "main/launch", "e2e/launch", "e2e/package"].map(
  (place) => `${place}/**/*.test.{ts,mjs}`,
);
/** What is awaited comes; how soon is the machine's affair. */
const patience = { testTimeout: 30_000, expect: { poll: { timeout: 15_000 } }, hookTimeout: 30_000 };
const inNode = { environment: "node" as const, ...patience };

// Rings pure, model, core and contract run in Node; the renderer's classes and components in jsdom.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...inNode,
          name: "main",
          include: ["main/**/*.test.ts", "preload/**/*.test.ts", "e2e/**/*.test.ts", "e2e/**/*.test.mjs"],
          exclude: [...elsewhere, ...processes],
          // Vitest empties stylesheets; this one goes into a page as text.
          css: { include: [/export\/page\.css/] },
        },
      },
      {
        test: {
          ...inNode,
          name: "processes",
          include: processes,
          exclude: elsewhere,
          // Once more in `npm test` only, which names it if that helped (docs/decisions/0007-shaky-stories.md).
          retry: process.env["DUNLIN_TEST_AGAIN"] === "1" ? 1 : 0,
        },
      },
      {
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ["browser"] },
        test: {
          name: "renderer",
          environment: "jsdom",
          include: ["renderer/**/*.test.ts"],
          ...patience,
          // Vitest empties stylesheets; this one is read as text, for its contrasts.
          css: { include: [/tokens\.css/] },
        },
      },
    ],
    maxWorkers: 2,
  },
});
