import { defineConfig } from "vite";

// A sandboxed preload script must be one CommonJS file without imports of its own.
export default defineConfig({
  build: {
    target: "chrome150",
    outDir: "out/preload",
    emptyOutDir: true,
    minify: false,
    lib: { entry: { preload: "preload/preload.ts" }, formats: ["cjs"] },
    rolldownOptions: {
      external: ["electron", "electron/renderer"],
      output: { entryFileNames: "[name].cjs", codeSplitting: false },
    },
  },
});
