import { expect } from "@playwright/test";
import { CallPage } from "../../pages/call-page.ts";
import { PATIENCE, type Stage, type Step } from "./stage.ts";
import { answeringRoom } from "./places.ts";

const ownName = "Wren";

export const callSteps: readonly Step[] = [
  {
    name: "a call: it rings there, sound and pictures flow both ways, and ends",
    async run(stage) {
      const [mine, theirs] = await callers(stage);
      await mine.place("video");
      await theirs.rings();
      await theirs.answer("video");
      await Promise.all([mine.isConnected(), theirs.isConnected()]);
      const media = ["audioIn", "audioOut", "framesIn", "framesOut"] as const;
      await Promise.all([mine.flows(media), theirs.flows(media)]);
      await stage.screenshot("in a call");
      await theirs.hangUp();
      await mine.isIn("ended");
    },
  },
  {
    name: "both calling at once: both find themselves in one call",
    async run(stage) {
      const [mine, theirs] = await callers(stage);
      await Promise.all([mine.place("voice"), theirs.place("voice")]);
      await Promise.all([mine.isConnected(), theirs.isConnected()]);
      await Promise.all([mine.flows(["audioIn", "audioOut"]), theirs.flows(["audioIn", "audioOut"])]);
      expect(await mine.callId()).toBe(await theirs.callId());
      await mine.hangUp();
      await theirs.isIn("ended");
    },
  },
];

/** We, and the other one at her own machine, both in our chat. */
async function callers(stage: Stage): Promise<[CallPage, CallPage]> {
  await stage.openRoom(answeringRoom);
  const page = await stage.openAnother("hanna");
  await expect(page.locator("html")).toHaveAttribute("data-connection", "live", PATIENCE);
  const row = page.getByRole("navigation", { name: "Rooms" }).locator("[data-room-id]");
  await row.filter({ hasText: ownName }).first().click();
  const calls: [CallPage, CallPage] = [new CallPage(stage.page), new CallPage(page)];
  for (const one of calls)
    await expect(one.button("Voice call")).toHaveAttribute("aria-disabled", "false", PATIENCE);
  return calls;
}
