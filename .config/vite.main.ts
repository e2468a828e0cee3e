import { builtinModules } from "node:module";
import { defineConfig } from "vite";

// The main process: both hosts over one core, plus the checkpoint worker, each a file of its own in out/main.
// Packages stay external: Node and Electron load them from node_modules (better-sqlite3 is native).
export default defineConfig({
  build: {
    target: "node24",
    outDir: "out/main",
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    lib: {
      entry: {
        electron: "main/electron.ts",
        headless: "main/headless.ts",
        "checkpoint-worker": "main/core/store/checkpoint-worker.ts",
      },
      formats: ["es"],
    },
    rolldownOptions: {
      external: [/^node:/, ...builtinModules, "electron", /^electron\//, /^[^./]/],
      output: {
        entryFileNames: "[name].js",
        // Flat, so that "./checkpoint-worker.js" is beside whatever chunk the store ends up in.
        chunkFileNames: "[name].js",
      },
    },
  },
});
