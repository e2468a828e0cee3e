import type { Page } from "@playwright/test";

/** Stands in for the browser's notifications, which a driven browser does not show; what is shown is kept. */
export async function recordNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: unknown[] = [];
    class Recorded {
      static readonly permission = "granted";
      static readonly requestPermission = () => Promise.resolve("granted");
      onclick: ((event: Event) => void) | null = null;
      onclose: ((event: Event) => void) | null = null;
      isClosed = false;
      readonly title: string;
      readonly options: NotificationOptions;
      constructor(title: string, options: NotificationOptions) {
        this.title = title;
        this.options = options;
        shown.push(this);
      }
      close(): void {
        this.isClosed = true;
      }
    }
    Object.assign(window, { Notification: Recorded, shownNotifications: shown });
  });
}
/** A notification as it was shown. */
export interface Recorded {
  title: string;
  options: { body: string };
  isClosed: boolean;
  onclick: (event: Event) => void;
}
/** Title and words of every notification that is not closed. */
export const standing = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    (window as unknown as { shownNotifications: Recorded[] }).shownNotifications
      .filter(({ isClosed }) => !isClosed)
      .map(({ title, options }) => `${title}: ${options.body}`),
  );
