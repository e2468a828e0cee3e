import type { Page } from "@playwright/test";

/**
 * Another window comes in front of the page: a driven browser never takes the focus away by itself. Resolves when the
 * core has heard of it; what comes then comes to somebody who is away.
 */
export async function leaveWindow(page: Page): Promise<void> {
  const watch = await page.context().newCDPSession(page);
  const isHeard = new Promise<void>((resolve) => {
    let asked: number | undefined;
    watch.on("Network.webSocketFrameSent", ({ response }) => {
      const frame = JSON.parse(response.payloadData) as { id?: number; method?: string };
      if (frame.method === "attend") asked = frame.id;
    });
    watch.on("Network.webSocketFrameReceived", ({ response }) => {
      const frame = JSON.parse(response.payloadData) as { t: string; id?: number };
      if (frame.t === "result" && frame.id !== undefined && frame.id === asked) resolve();
    });
  });
  await watch.send("Network.enable");
  await page.evaluate(() => {
    Object.defineProperty(document, "hasFocus", { configurable: true, value: () => false });
    window.dispatchEvent(new Event("blur"));
  });
  await isHeard;
  await watch.detach();
}

/** The page's window is in front again. */
export async function returnToWindow(page: Page): Promise<void> {
  await page.evaluate(() => {
    Reflect.deleteProperty(document, "hasFocus");
    window.dispatchEvent(new Event("focus"));
  });
}
