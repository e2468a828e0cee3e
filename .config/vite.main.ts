import { builtinModules } from "node:module";
import { readFileSync } from "node:fs";
import { defineConfig } from "vite";
import { licences } from "./licences.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

// The main process: both hosts over one core, plus the checkpoint worker, each a file of its own in out/main.
// Packages are bundled: one file starts a quarter faster than some hundred (155 ms against 215 ms to the ready line),
// and the packaged app needs no node_modules but better-sqlite3, which is native and stays external.
export default defineConfig({
  define: { "process.env.DUNLIN_VERSION": JSON.stringify(version) },
  ssr: { noExternal: true }, // "ssr" is Vite's word for Node: packages give their Node side, not their browser side
  plugins: [licences(["better-sqlite3"])],
  build: {
    ssr: true,
    target: "node24",
    outDir: "out/main",
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        electron: "main/electron.ts",
        headless: "main/headless.ts",
        "checkpoint-worker": "main/core/store/checkpoint-worker.ts",
      },
      external: [/^node:/, ...builtinModules, /^electron(\/|$)/, "better-sqlite3"],
      // Side by side: code in a shared chunk finds the worker next to itself, as it does in the sources.
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name].js" },
    },
  },
});
