import { expect } from "@playwright/test";
import { busyRoom, quietRoom } from "./places.ts";
import { PATIENCE, type Stage, type Step } from "./stage.ts";

export const readingSteps: readonly Step[] = [
  {
    name: "reads a room",
    async run(stage) {
      await stage.openRoom(busyRoom);
      await expect(stage.messages.locator('[data-kind="message"]').first()).toBeVisible(PATIENCE);
    },
  },
  {
    name: "pages back to the start of the room, each event once",
    async run(stage) {
      const seen = await readToTheStart(stage);
      expect(seen.size).toBeGreaterThan(100);
    },
  },
  {
    name: "switches rooms and back",
    async run(stage) {
      await stage.openRoom(quietRoom);
      await stage.openRoom(busyRoom);
    },
  },
];

/** Scrolls up until there is nothing older. No event may be in the page twice at any time. */
async function readToTheStart(stage: Stage): Promise<Set<string>> {
  const seen = new Set<string>();
  await stage.messages.hover();
  const start = stage.messages.locator('[data-kind="start"]');
  for (let turn = 0; turn < 500; turn++) {
    const ids = await eventIds(stage);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) seen.add(id);
    if (await start.isVisible()) return seen;
    await stage.page.mouse.wheel(0, -1500);
    await expect(stage.messages).not.toHaveAttribute("data-older", "loading", PATIENCE);
    await stage.page.evaluate(() => new Promise((painted) => requestAnimationFrame(painted)));
  }
  throw new Error(`the start of the room was not reached; ${seen.size} events were seen`);
}

function eventIds(stage: Stage): Promise<string[]> {
  return stage.messages
    .locator("[data-event-id]")
    .evaluateAll((items) => items.map((item) => item.getAttribute("data-event-id") ?? ""));
}
