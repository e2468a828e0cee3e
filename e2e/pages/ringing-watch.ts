import type { Page } from "@playwright/test";

/** From now on notes whether a card ever rang in the page; ask with the function it resolves with. */
export async function watchRinging(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => {
    const found = { rang: false };
    (window as unknown as { rang: typeof found }).rang = found;
    new MutationObserver(() => {
      if (document.querySelector('[role="dialog"][data-call-state="ringing"]')) found.rang = true;
    }).observe(document.body, { childList: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { rang: { rang: boolean } }).rang.rang);
}
