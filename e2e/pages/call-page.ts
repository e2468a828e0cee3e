import { expect as impatient, type Locator, type Page } from "@playwright/test";
import { CallMedia } from "./call-media.ts";
import { callEnds } from "./call-probe.ts";

/** Also outside of Playwright's runner, on a busy machine. */
const expect = impatient.configure({ timeout: 40_000 });

/** A page of ours with a call in it, by the names and attributes of the automation contract. */
export class CallPage extends CallMedia {
  /** The call one is in, in its room or as a bar. */
  readonly call: Locator;
  /** Cards of calls that ring. */
  readonly ringing: Locator;

  constructor(page: Page) {
    super(page);
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
}
