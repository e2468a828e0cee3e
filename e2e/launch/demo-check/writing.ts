import { expect } from "@playwright/test";
import { answeringRoom } from "./places.ts";
import { PATIENCE, type Step } from "./stage.ts";

const hello = "Hello from the demo check";

export const writingSteps: readonly Step[] = [
  {
    name: "sends a message",
    async run(stage) {
      await stage.openRoom(answeringRoom);
      await stage.send(hello);
      await stage.expectDraft("");
      await expect(stage.message(hello)).toHaveAttribute("data-send-state", /^(sent|none)$/, PATIENCE);
      await expect(stage.message(hello)).toHaveAttribute("data-event-id", /^\$/, PATIENCE);
    },
  },
  {
    name: "shows the answer",
    async run(stage) {
      const after = stage.messages.locator(`[data-item-id]:has-text("${hello}") ~ [data-kind="message"]`);
      await expect(after.first()).toBeVisible(PATIENCE);
    },
  },
];
