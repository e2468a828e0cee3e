import { expect } from "@playwright/test";
import { PATIENCE, type Stage, type Step } from "./stage.ts";

export const appearanceSteps: readonly Step[] = [
  {
    name: "follows the system into the dark",
    async run(stage) {
      const light = await brightness(stage);
      await stage.page.emulateMedia({ colorScheme: "dark" });
      await expect.poll(() => brightness(stage), PATIENCE).toBeLessThan(light / 2);
    },
  },
  {
    name: "keeps to the theme chosen in the settings",
    async run(stage) {
      await stage.page.getByRole("button", { name: "Menu", exact: true }).click();
      await stage.page.getByRole("menuitem", { name: "Settings" }).click();
      await stage.page.getByRole("radio", { name: "Light" }).check();
      await expect.poll(() => brightness(stage), PATIENCE).toBeGreaterThan(127);
      await stage.page.getByRole("radio", { name: "Dark" }).check();
      await expect.poll(() => brightness(stage), PATIENCE).toBeLessThan(127);
    },
  },
];

/** The brightness of the page's ground, 0 to 255, as painted: read from a screenshot's corner through a canvas. */
async function brightness(stage: Stage): Promise<number> {
  const { width, height } = stage.page.viewportSize() ?? { width: 800, height: 600 };
  const clip = { x: width - 4, y: height - 4, width: 4, height: 4 };
  const shot = await stage.page.screenshot({ clip });
  const scratch = await stage.page.context().newPage();
  try {
    return await scratch.evaluate(averageOf, `data:image/png;base64,${shot.toString("base64")}`);
  } finally {
    await scratch.close();
  }
}

async function averageOf(picture: string): Promise<number> {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext("2d");
  context?.drawImage(image, 0, 0);
  const bytes = context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
  const colours = [...bytes].filter((_, index) => index % 4 !== 3);
  return colours.reduce((sum, value) => sum + value, 0) / Math.max(1, colours.length);
}
