import { expect, type Locator, type Page } from "@playwright/test";
import { painted } from "./frames.ts";

/** The first message that is wholly in view: the line being read. */
export async function lineBeingRead(log: Locator): Promise<Locator> {
  const id = await log.evaluate((element) => {
    const { top } = element.getBoundingClientRect();
    const rows = [...element.querySelectorAll<HTMLElement>('[data-kind="message"]')];
    return rows.find((row) => row.getBoundingClientRect().top >= top)?.dataset["itemId"];
  });
  if (id === undefined) throw new Error("no message is in view");
  return log.locator(`[data-item-id="${id}"]`);
}

/** Turns the wheel over the log and waits until nothing moves any more. */
export async function wheel(page: Page, log: Locator, by: number): Promise<void> {
  await log.hover();
  await page.mouse.wheel(0, by);
  await atRest(page, log);
}

/** Waits until the log has had the same scroll offset for some frames. */
export async function atRest(page: Page, log: Locator): Promise<void> {
  let last = -1;
  await expect
    .poll(async () => {
      await painted(page);
      await painted(page);
      const now = await log.evaluate((element) => element.scrollTop);
      const isSame = now === last;
      last = now;
      return isSame;
    })
    .toBe(true);
}

/** Px between the end of what there is and the end of the view. */
export function distanceToEnd(log: Locator): Promise<number> {
  return log.evaluate((element) =>
    Math.round(element.scrollHeight - element.clientHeight - element.scrollTop),
  );
}
