import type { Page } from "@playwright/test";

// What somebody who looks at a page sees of calls, moment by moment.

declare global {
  interface Window {
    callTale?: string[];
  }
}

/** Call it before the page is opened. */
export async function tellCalls(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tale: string[] = [];
    window.callTale = tale;
    const note = (said: string | null | undefined): void => {
      if (said && tale.at(-1) !== said) tale.push(said);
    };
    new MutationObserver(() => {
      if (document.querySelector('[role="dialog"][data-call-state="ringing"]')) note("ringing");
      note(document.querySelector("section[data-call-state]")?.getAttribute("data-call-state"));
    }).observe(document, { childList: true, subtree: true, attributes: true });
  });
}

/** The states shown since the last time this was asked for; "ringing" is a card that rings. */
export const callTale = (page: Page): Promise<string[]> =>
  page.evaluate(() => window.callTale?.splice(0) ?? []);

/** Clicks on "Voice call" at this moment, ms since the epoch: nearer than clicks from outside could be. */
export async function callAt(page: Page, moment: number): Promise<void> {
  const button = await page.getByRole("button", { name: "Voice call", exact: true }).elementHandle();
  await page.evaluate(
    ([node, at]) =>
      new Promise<void>((done) => {
        setTimeout(
          () => {
            if (node instanceof HTMLElement) node.click();
            done();
          },
          Number(at) - Date.now(),
        );
      }),
    [button, moment] as const,
  );
}
