import { expect } from "@playwright/test";
import { PATIENCE, type Step } from "./stage.ts";

export const sessionSteps: readonly Step[] = [
  {
    name: "signs in and goes live",
    async run(stage) {
      await stage.open();
      await stage.waitForConnection("live");
    },
  },
  {
    name: "lists the rooms with names and previews",
    async run(stage) {
      const rows = stage.rooms.locator("[data-room-id]");
      await expect(rows.nth(2)).toBeVisible(PATIENCE);
      for (const text of await rows.allInnerTexts()) expect(text.trim()).not.toBe("");
    },
  },
];
