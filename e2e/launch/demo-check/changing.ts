import { expect } from "@playwright/test";
import { answeringRoom } from "./places.ts";
import { PATIENCE, type Stage, type Step } from "./stage.ts";

const before = "This will be chagned";
const after = "This has been changed";

async function press(stage: Stage, text: string, button: string): Promise<void> {
  const row = stage.message(text).last();
  await row.hover();
  await row.getByRole("toolbar").getByRole("button", { name: button, exact: true }).click();
}

export const changingSteps: readonly Step[] = [
  {
    name: "edits a message",
    async run(stage) {
      await stage.openRoom(answeringRoom);
      await stage.send(before);
      await expect(stage.message(before)).toHaveAttribute("data-event-id", /^\$/, PATIENCE);
      await press(stage, before, "Edit");
      await stage.composer.fill(after);
      await stage.composer.press("Enter");
      await expect(stage.message(after)).toBeVisible(PATIENCE);
      await expect(stage.message(before)).toHaveCount(0);
    },
  },
  {
    name: "reacts to a message and takes it back",
    async run(stage) {
      await press(stage, after, "React");
      await stage.page.getByRole("button", { name: "React with 👍" }).click();
      const chip = stage.message(after).locator('[data-reaction="👍"]');
      await expect(chip).toHaveAttribute("aria-pressed", "true", PATIENCE);
      await chip.click();
      await expect(chip).toHaveCount(0, PATIENCE);
    },
  },
  {
    name: "deletes a message",
    async run(stage) {
      await press(stage, after, "More actions");
      await stage.page.getByRole("menuitem", { name: "Delete…" }).click();
      await stage.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await expect(stage.message(after)).toHaveCount(0, PATIENCE);
      await expect(stage.messages.getByText("Message deleted").last()).toBeVisible(PATIENCE);
    },
  },
];
