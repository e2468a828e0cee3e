import { expect as impatient, type Locator, type Page } from "@playwright/test";
import { callCounts, callEnds, type CallCounts } from "./call-probe.ts";

/** Also outside of Playwright's runner, on a busy machine. */
const expect = impatient.configure({ timeout: 40_000 });

/** A page of ours with a call in it, by the names and attributes of the automation contract. */
export class CallPage {
  readonly page: Page;
  /** The call one is in, in its room or as a bar. */
  readonly call: Locator;
  /** Cards of calls that ring. */
  readonly ringing: Locator;

  constructor(page: Page) {
    this.page = page;
    this.call = page.locator("section[data-call-state]");
    this.ringing = page.locator('[role="dialog"][data-call-state="ringing"]');
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** In the room that is open. */
  async place(kind: "voice" | "video"): Promise<void> {
    await this.button(kind === "voice" ? "Voice call" : "Video call").click();
  }
  async answer(kind: "voice" | "video" = "voice"): Promise<void> {
    await this.ringing
      .getByRole("button", { name: kind === "voice" ? "Answer" : "Answer with video", exact: true })
      .click();
  }
  async decline(): Promise<void> {
    await this.ringing.getByRole("button", { name: "Decline" }).click();
  }
  async hangUp(): Promise<void> {
    await this.call.getByRole("button", { name: "Hang up" }).click();
  }

  async rings(): Promise<void> {
    await expect(this.ringing).toBeVisible();
  }
  async isIn(state: string | RegExp): Promise<void> {
    await expect(this.call).toHaveAttribute("data-call-state", state);
  }
  async isConnected(): Promise<void> {
    await this.isIn("connected");
  }
  /** The call is over, and this is what it says. */
  async ended(words: RegExp): Promise<void> {
    await expect.poll(async () => (await callEnds(this.page)).some((said) => words.test(said))).toBe(true);
  }
  callId(): Promise<string | null> {
    return this.call.getAttribute("data-call-id");
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

  /** Resolves when this counter stands still over a second of the page's own clock. */
  async stops(name: keyof CallCounts): Promise<void> {
    await expect
      .poll(async () => {
        const before = await this.counts();
        await this.page.evaluate(() => new Promise((done) => setTimeout(done, 1000)));
        return Number((await this.counts())[name]) - Number(before[name]);
      })
      .toBe(0);
  }
}
