import { expect as impatient, type Page } from "@playwright/test";
import type { PhoneCall, PhoneOrder } from "../js-sdk/phone.ts";
import { CallMedia } from "./call-media.ts";

/** On a busy machine. */
const expect = impatient.configure({ timeout: 40_000 });

/** Somebody whose client is matrix-js-sdk: the page of `e2e/js-sdk`. */
export class JsSdkCaller extends CallMedia {
  /** Opens the page and signs in; resolves when it has synchronised. The page must be probed already. */
  static async open(page: Page, url: string, order: PhoneOrder): Promise<JsSdkCaller> {
    await page.goto(url);
    await page.evaluate((given) => window.phone.begin(given), order);
    return new JsSdkCaller(page);
  }

  call(): Promise<PhoneCall | null> {
    return this.page.evaluate(() => window.phone.call());
  }
  rung(): Promise<number> {
    return this.page.evaluate(() => window.phone.rung());
  }
  heardHangups(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.phone.heardHangups());
  }
  /** `callId`: in place of the one the SDK makes, which begins with the time and is lesser than nearly all of ours. */
  place(kind: "voice" | "video", callId: string | null = null): Promise<void> {
    return this.page.evaluate(([isVideo, id]) => window.phone.place(isVideo, id), [
      kind === "video",
      callId,
    ] as const);
  }
  answer(kind: "voice" | "video" = "voice"): Promise<void> {
    return this.page.evaluate((isVideo) => window.phone.answer(isVideo), kind === "video");
  }
  reject(): Promise<void> {
    return this.page.evaluate(() => window.phone.reject());
  }
  hangUp(): Promise<void> {
    return this.page.evaluate(() => window.phone.hangUp());
  }
  sayBusy(): Promise<void> {
    return this.page.evaluate(() => window.phone.sayBusy());
  }
  mute(isMuted: boolean): Promise<void> {
    return this.page.evaluate((muted) => window.phone.mute(muted), isMuted);
  }
  camera(isOn: boolean): Promise<void> {
    return this.page.evaluate((on) => window.phone.camera(on), isOn);
  }
  hold(isHeld: boolean): Promise<void> {
    return this.page.evaluate((held) => window.phone.hold(held), isHeld);
  }
  screen(isShared: boolean): Promise<void> {
    return this.page.evaluate((shared) => window.phone.screen(shared), isShared);
  }

  /** From now on it hears of nothing, until `hearNews`. */
  holdNews(): Promise<void> {
    return this.page.evaluate(() => window.phone.holdNews());
  }
  hearNews(): Promise<void> {
    return this.page.evaluate(() => window.phone.hearNews());
  }

  /** What the SDK says of its newest call comes to be like this. */
  async says(part: Partial<PhoneCall>): Promise<void> {
    await expect.poll(() => this.call()).toMatchObject(part);
  }
  async rings(): Promise<void> {
    await this.says({ state: "ringing" });
  }
  async isConnected(): Promise<void> {
    await this.says({ state: "connected" });
  }
  async ended(part: Partial<PhoneCall> = {}): Promise<void> {
    await this.says({ ...part, state: "ended" });
  }
}
