// The packages' icon, drawn from the one logo we have. `npx node e2e/package/icon.ts` writes .config/package/icon.png
// (1024 × 1024; electron-builder makes all other sizes and kinds of it), to be run when the logo changes.
import { chromium, type Page } from "@playwright/test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../main/launch/root.mjs";
import { chromiumFlags, chromiumPath } from "../launch/chromium.ts";

const SIZE = 1024;
/** Of 255, on average over all pixels: what two versions of Chromium may differ in at the edges, and no change of the logo. */
const TOLERANCE = 0.5;
const file = join(root, ".config", "package", "icon.png");

if (process.argv[1] === import.meta.filename) {
  const png = await inBrowser(draw);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, png);
}

/** Why the icon in the repository is not the logo of today; empty when it is. */
export async function iconProblems(): Promise<string[]> {
  const kept = readFileSync(file).toString("base64");
  const difference = await inBrowser(async (page) =>
    differenceOf(page, kept, (await draw(page)).toString("base64")),
  );
  return difference <= TOLERANCE
    ? []
    : [`it differs by ${difference.toFixed(2)} of 255: run npx node e2e/package/icon.ts`];
}

async function draw(page: Page): Promise<Buffer> {
  const svg = readFileSync(join(root, "renderer", "public", "logo.svg"), "utf8");
  const sized = svg.replace("<svg ", `<svg width="${SIZE}" height="${SIZE}" `);
  await page.setContent(`<body style="margin:0">${sized}`);
  return page.screenshot({ omitBackground: true });
}

/** Two pictures of our size, as base64; another size differs in everything. */
function differenceOf(page: Page, one: string, other: string): Promise<number> {
  return page.evaluate(
    async ([first, second, size]) => {
      const pixels = async (png: string): Promise<Uint8ClampedArray> => {
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        if (image.width !== size || image.height !== size) return new Uint8ClampedArray(size * size * 4);
        const canvas = new OffscreenCanvas(size, size);
        const context = canvas.getContext("2d");
        context?.drawImage(image, 0, 0);
        return context?.getImageData(0, 0, size, size).data ?? new Uint8ClampedArray();
      };
      const [a, b] = [await pixels(first), await pixels(second)];
      return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
    },
    [one, other, SIZE] as const,
  );
}

async function inBrowser<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const executablePath = chromiumPath();
  const browser = await chromium.launch({
    args: chromiumFlags,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    return await work(await browser.newPage({ viewport: { width: SIZE, height: SIZE } }));
  } finally {
    await browser.close();
  }
}
