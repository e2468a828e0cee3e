import type { Page } from "@playwright/test";
import { untilAnswered } from "./core-calls.ts";

/**
 * Another window comes in front of the page: a driven browser never takes the focus away by itself. Resolves when the
 * core has heard of it; what comes then comes to somebody who is away.
 */
export function leaveWindow(page: Page): Promise<void> {
  return untilAnswered(page, '"attend"', () =>
    page.evaluate(() => {
      Object.defineProperty(document, "hasFocus", { configurable: true, value: () => false });
      window.dispatchEvent(new Event("blur"));
    }),
  );
}

/** The page's window is in front again. */
export async function returnToWindow(page: Page): Promise<void> {
  await page.evaluate(() => {
    Reflect.deleteProperty(document, "hasFocus");
    window.dispatchEvent(new Event("focus"));
  });
}
