import type { Page } from "@playwright/test";

/** Another window comes in front of the page: a driven browser never takes the focus away by itself. */
export async function leaveWindow(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "hasFocus", { configurable: true, value: () => false });
    window.dispatchEvent(new Event("blur"));
  });
}

/** The page's window is in front again. */
export async function returnToWindow(page: Page): Promise<void> {
  await page.evaluate(() => {
    Reflect.deleteProperty(document, "hasFocus");
    window.dispatchEvent(new Event("focus"));
  });
}
