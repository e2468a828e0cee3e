import { expect as impatient, type Page } from "@playwright/test";
import { callCounts, type CallCounts } from "./call-probe.ts";

/** Also outside of Playwright's runner, on a busy machine. */
const expect = impatient.configure({ timeout: 40_000 });

/** What a page's WebRTC carries, whoever wrote that page. */
export class CallMedia {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  counts(): Promise<CallCounts> {
    return callCounts(this.page);
  }

  /** Resolves when these counters have grown by at least `by` from now on. */
  async flows(names: readonly (keyof CallCounts)[], by = 10): Promise<void> {
    const before = await this.counts();
    await expect
      .poll(
        async () => {
          const now = await this.counts();
          return names.filter((name) => Number(now[name]) - Number(before[name]) < by);
        },
        { message: `${names.join(", ")} should grow by ${by}` },
      )
      .toEqual([]);
  }

  /** Resolves when this counter stands still over a second of the page's own clock, or grows by `most` at most. */
  async stops(name: keyof CallCounts, most = 0): Promise<void> {
    await expect
      .poll(async () => {
        const before = await this.counts();
        await this.page.evaluate(() => new Promise((done) => setTimeout(done, 1000)));
        return Number((await this.counts())[name]) - Number(before[name]);
      })
      .toBeLessThanOrEqual(most);
  }

  /** Resolves when nothing is heard: a decoder hides missing sound with noise of a billionth of a beep. */
  hearsNothing(): Promise<void> {
    return this.stops("energyIn", 1e-6);
  }
}
