// Draws .config/package/icon.png (1024 × 1024; electron-builder makes all other sizes and kinds of it) from the one
// logo we have. To be run when the logo changes.
import { chromium } from "@playwright/test";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../main/launch/root.mjs";
import { chromiumFlags, chromiumPath } from "../launch/chromium.ts";

const SIZE = 1024;
const executablePath = chromiumPath();
const browser = await chromium.launch({
  args: chromiumFlags,
  ...(executablePath === undefined ? {} : { executablePath }),
});
const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
const svg = readFileSync(join(root, "renderer", "public", "logo.svg"), "utf8");
await page.setContent(
  `<body style="margin:0">${svg.replace("<svg ", `<svg width="${SIZE}" height="${SIZE}" `)}`,
);
mkdirSync(join(root, ".config", "package"), { recursive: true });
await page.screenshot({ path: join(root, ".config", "package", "icon.png"), omitBackground: true });
await browser.close();
