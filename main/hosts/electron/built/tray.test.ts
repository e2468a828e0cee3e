import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { defaultSettings, type Settings } from "../../../../preload/contract/models/settings.ts";
import { buildApp } from "../testing/built-app.ts";
import { BuiltStage } from "../testing/built-stage.ts";
import { greeted } from "../testing/desktop-stage.ts";

// The tray and the badge of the built app, from a message on the homeserver to the picture in the panel and back.

beforeAll(buildApp, 180_000);
let stage: BuiltStage;
beforeEach(async () => {
  stage = await BuiltStage.begin();
  stage.hintIsKnown();
});
afterEach(() => stage.end());

interface Tray {
  readonly toolTip: string;
  readonly badge: number;
  readonly labels: readonly string[];
}

test("what comes is counted on tray and badge, first what names the user, and nothing is left when it is read", async () => {
  const { world } = stage.server;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const { child } = await stage.live();
  const tray = async (): Promise<Tray> => child.tell<Tray>({ do: "tray" });
  const menu = ["Open Dunlin", "Do not disturb", "Show others that I am", "Quit"];
  expect((await tray()).labels).toEqual(["Nothing unread", ...menu]);
  world.sendMessage(roomId, "ben", "one");
  world.sendMessage(roomId, "ben", "two");
  await expect.poll(async () => (await tray()).badge).toBe(2);
  expect(await tray()).toMatchObject({ toolTip: "Dunlin: 2 unread", labels: ["2 unread", ...menu] });
  const named = world.sendMessage(roomId, "ben", {
    msgtype: "m.text",
    body: "Ana?",
    "m.mentions": { user_ids: [world.user("ana").userId] },
  });
  await expect.poll(async () => (await tray()).badge).toBe(1);
  expect((await tray()).toolTip).toBe("Dunlin: 3 unread, 1 for you");
  world.receipt(roomId, "ana", named);
  await expect.poll(async () => (await tray()).badge).toBe(0);
  expect((await tray()).toolTip).toBe("Dunlin: Nothing unread");
});

test("what is chosen in its menu is a setting of the real core, and is shown to the page", async () => {
  const page = await stage.live();
  const settings = await page.watch<Settings>("settings");
  await page.child.tell({ do: "press in tray", label: "Do not disturb" });
  await expect.poll(() => settings().at(-1)).toMatchObject({ doNotDisturb: true });
  await page.child.tell({ do: "press in tray", label: "Away" });
  await expect.poll(() => settings().at(-1)).toMatchObject({ doNotDisturb: true, presence: "unavailable" });
});

test("closed to the tray the app goes on, comes back from there, and ends from there with its core closed", async () => {
  const page = await stage.live();
  await page.call("saveSettings", { settings: { ...defaultSettings, closeToTray: true } });
  await page.child.tell({ do: "close window" });
  expect(page.child.all("called").at(-1)).toMatchObject({ name: "hide" });
  await page.child.tell({ do: "press in tray", label: "Open Dunlin" });
  expect(page.child.all("called").at(-1)).toMatchObject({ name: "focus" });
  expect(page.child.all("window")).toHaveLength(1);
  void page.child.tell({ do: "press in tray", label: "Quit" }).catch(() => undefined);
  expect(await page.child.ended).toEqual({ code: 0, signal: null });
  // The profile is free, and the session in it.
  const again = await greeted((await stage.live({ DUNLIN_SIGN_IN: "" })).child);
  await expect.poll(() => again.view?.lock).toEqual({ state: "none" });
  expect(stage.server.wire.count("POST", /\/login$/)).toBe(1);
});
