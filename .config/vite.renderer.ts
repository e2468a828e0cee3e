import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { licences } from "./licences.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

// The page. Everything is local: no CDN, no inline script or style (the CSP forbids both).
export default defineConfig({
  root: "renderer",
  base: "./",
  define: { "import.meta.env.DUNLIN_VERSION": JSON.stringify(version) },
  plugins: [svelte({ configFile: false }), licences()],
  build: {
    target: "chrome150",
    outDir: "../out/renderer",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    sourcemap: true,
    modulePreload: { polyfill: false },
  },
});
