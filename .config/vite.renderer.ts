import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { licences } from "./licences.ts";

// The page. Everything is local: no CDN, no inline script or style (the CSP forbids both).
export default defineConfig({
  root: "renderer",
  base: "./",
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
