import type { Page } from "@playwright/test";

/** Acts, and resolves when the core has answered a request of the page that came of it and says `words`. */
export async function untilAnswered(page: Page, words: string, act: () => Promise<unknown>): Promise<void> {
  const watch = await page.context().newCDPSession(page);
  const isAnswered = new Promise<void>((resolve) => {
    const asked = new Set<number>();
    watch.on("Network.webSocketFrameSent", ({ response }) => {
      const frame = JSON.parse(response.payloadData) as { t: string; id: number };
      if (frame.t === "call" && response.payloadData.includes(words)) asked.add(frame.id);
    });
    watch.on("Network.webSocketFrameReceived", ({ response }) => {
      const frame = JSON.parse(response.payloadData) as { t: string; id?: number };
      if (frame.t === "result" && frame.id !== undefined && asked.has(frame.id)) resolve();
    });
  });
  await watch.send("Network.enable");
  await act();
  await isAnswered;
  await watch.detach();
}
