import { expect } from "@playwright/test";
import { PATIENCE, type Stage, type Step } from "./stage.ts";

const queued = "Written without a network";

export const offlineSteps: readonly Step[] = [
  {
    name: "notices that the server is gone",
    async run(stage) {
      stage.world.hs.cut();
      await stage.waitForConnection("offline");
    },
  },
  {
    name: "queues a message while offline",
    async run(stage) {
      await stage.send(queued);
      await expect(stage.message(queued)).toHaveAttribute("data-send-state", /^(queued|sending)$/, PATIENCE);
    },
  },
  {
    name: "shows it in the outbox",
    async run(stage) {
      await stage.page.getByRole("button", { name: /not sent|waiting/ }).click();
      const outbox = outboxOf(stage);
      await expect(outbox.getByText(queued)).toBeVisible(PATIENCE);
      await stage.screenshot("outbox");
      await stage.page.keyboard.press("Escape");
      await expect(outbox).toBeHidden(PATIENCE);
    },
  },
  {
    name: "sends it by itself when the server is back",
    async run(stage) {
      stage.world.hs.mend();
      await stage.waitForConnection("live");
      await expect(stage.message(queued)).toHaveCount(1, PATIENCE);
      await expect(stage.message(queued)).toHaveAttribute("data-send-state", /^(sent|none)$/, PATIENCE);
    },
  },
];

function outboxOf(stage: Stage) {
  return stage.page.getByRole("dialog", { name: "Not sent yet" });
}
