import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import { defaultSettings } from "../../preload/contract/models/settings.ts";
import { connect, reconnectDelay, type Client } from "../bridge/connect.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import { arrived, ScriptedCore } from "../bridge/scripted-core.ts";
import { AppState } from "./app.svelte.ts";
import { aRoom } from "./builders.ts";
import { connectionName } from "./connection.svelte.ts";
import { EXPECTED_ROOMS, KEPT_ROOMS } from "./open-rooms.ts";

let core: ScriptedCore;
let client: Client;
let app: AppState;
let saved: RoomId | null;
const first = ["accounts", "calls", "connection", "desktop", "roomList", "session", "settings"];
const id = (name: string): RoomId => `!${name}:example.org` as RoomId;

beforeEach(async () => {
  vi.useFakeTimers();
  core = new ScriptedCore();
  client = connect({ openPort: core.openPort, reload: () => false });
  saved = null;
  app = new AppState(client, { load: () => saved, save: (roomId) => (saved = roomId) });
  core.snapshot("connection", { state: "live" });
  core.snapshot("settings", defaultSettings);
  core.snapshot("roomList", [aRoom("a"), aRoom("b")]);
  await arrived();
});
afterEach(() => {
  client.close();
  vi.useRealTimers();
});

/** Runs `read` in an effect, as a component does. */
async function reading(read: () => unknown): Promise<() => Promise<void>> {
  const stop = $effect.root(() => {
    $effect(() => void read());
  });
  flushSync();
  await arrived();
  return async () => {
    stop();
    await arrived();
  };
}

test("asks for everything of the first screen in one breath, waiting for nothing", () => {
  const subscribed = core.received.flatMap((frame) => (frame.t === "subscribe" ? [frame.topic] : []));
  expect(subscribed.sort()).toEqual(first);
  const lastSubscribe = core.received.findLastIndex((frame) => frame.t === "subscribe");
  expect(lastSubscribe).toBe(first.length);
});

test("a topic is open exactly while something reads it", async () => {
  expect(core.openTopics()).toEqual(first);
  const stopOne = await reading(() => app.outbox.entries);
  const stopTwo = await reading(() => app.outbox.unsentCount);
  expect(core.openTopics().filter((topic) => topic === "outbox")).toHaveLength(1);
  await stopOne();
  expect(core.openTopics()).toContain("outbox");
  await stopTwo();
  expect(core.openTopics()).not.toContain("outbox");
});

test("readers see the list as it changes", async () => {
  const seen: string[][] = [];
  const stop = await reading(() => seen.push(app.roomList.rooms.map((room) => room.name)));
  core.change("roomList", [
    { op: "insert", at: 0, items: [aRoom("c")] },
    { op: "remove", at: 2, count: 1 },
  ]);
  await arrived();
  flushSync();
  core.change("roomList", [{ op: "replace", at: 1, item: aRoom("a", { name: "A!" }) }]);
  await arrived();
  flushSync();
  expect(seen).toEqual([
    ["a", "b"],
    ["c", "a"],
    ["c", "A!"],
  ]);
  expect(app.roomList.find(id("a"))?.name).toBe("A!");
  expect(app.roomList.find(id("b"))).toBeNull();
  await stop();
});

test("the timeline keeps its page state when a change does not speak of it", async () => {
  const { timeline } = app.openRooms.visit(id("a"));
  core.snapshot("timeline", { roomId: id("a"), items: [{ id: "s", kind: "start" }], older: "exhausted" });
  const stop = await reading(() => timeline.items);
  core.drop();
  await vi.advanceTimersByTimeAsync(reconnectDelay(0));
  await arrived();
  core.change("timeline", { items: [{ op: "insert", at: 1, items: [{ id: "d", kind: "date", ts: 1 }] }] });
  await arrived();
  expect(timeline.items.map((item) => item.id)).toEqual(["s", "d"]);
  expect(timeline.older).toBe("exhausted");
  core.change("timeline", { items: [], older: "loading" });
  await arrived();
  expect(timeline.older).toBe("loading");
  await stop();
});

test("the last visited rooms stay open, older ones are let go", async () => {
  const names = Array.from({ length: KEPT_ROOMS + 1 }, (_, index) => `room${index}`);
  const visits = names.map((name) => app.openRooms.visit(id(name)));
  await arrived();
  expect(core.openTopics().filter((topic) => topic === "timeline")).toHaveLength(KEPT_ROOMS);
  expect(core.openTopics().filter((topic) => topic === "room")).toHaveLength(KEPT_ROOMS);
  expect(app.openRooms.visit(id("room2"))).toBe(visits[2]);
  expect(app.openRooms.visit(id("room1"))).toBe(visits[1]);
  expect(app.openRooms.visit(id("room0"))).not.toBe(visits[0]);
});

test("a room seen again counts as recent", () => {
  const a = app.openRooms.visit(id("a"));
  for (let index = 1; index < KEPT_ROOMS; index += 1) app.openRooms.visit(id(`room${index}`));
  app.openRooms.visit(id("a"));
  for (const name of ["f", "g"]) app.openRooms.visit(id(name));
  expect(app.openRooms.visit(id("a"))).toBe(a);
});

test("a room that is expected is here when it is visited, and does not push out those that were", async () => {
  const visited = Array.from({ length: KEPT_ROOMS }, (_, index) => app.openRooms.visit(id(`room${index}`)));
  core.snapshot("timeline", { roomId: id("next"), items: [{ id: "s", kind: "start" }], older: "exhausted" });
  app.expectRoom(id("next"));
  await arrived();
  expect(app.openRooms.visit(id("room0"))).toBe(visited[0]);
  expect(app.openRooms.visit(id("next")).timeline.isLoaded).toBe(true);
});

test("rooms that were expected and never visited are let go", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) app.expectRoom(id(name));
  await arrived();
  expect(core.openTopics().filter((topic) => topic === "timeline")).toHaveLength(EXPECTED_ROOMS);
  app.forgetAccount();
  await arrived();
  expect(core.openTopics().filter((topic) => topic === "timeline")).toHaveLength(0);
});

test("the open room is remembered over a reload and asked for at once", async () => {
  app.goToRoom(id("b"));
  expect(saved).toBe(id("b"));
  const again = new AppState(client, { load: () => saved, save: () => undefined });
  await arrived();
  expect(again.navigation.roomId).toBe(id("b"));
  expect(core.openTopics().filter((topic) => topic === "timeline")).toHaveLength(2);
});

test("after signing out nothing of the old account is open or remembered", async () => {
  app.goToRoom(id("a"));
  app.navigation.show("settings");
  app.forgetAccount();
  await arrived();
  expect(saved).toBeNull();
  expect(app.navigation.overlay).toBeNull();
  expect(core.openTopics()).toEqual(first);
});

test("a setting shows at once, stays while the core writes, and follows the core afterwards", async () => {
  let answer = (): void => undefined;
  core.handle("saveSettings", () => new Promise<void>((resolve) => (answer = resolve)));
  const change = app.settings.change({ theme: "dark" });
  expect(app.settings.current.theme).toBe("dark");
  await arrived();
  answer();
  await change;
  expect(app.settings.current.theme).toBe("dark");
  core.change("settings", { ...defaultSettings, theme: "light" });
  await arrived();
  expect(app.settings.current.theme).toBe("light");
});

test("a setting that could not be stored is taken back", async () => {
  core.handle("saveSettings", () => {
    throw new RequestFailed({ kind: "storage", message: "full" });
  });
  await expect(app.settings.change({ theme: "dark" })).rejects.toBeInstanceOf(RequestFailed);
  expect(app.settings.current.theme).toBe("system");
});

test("two quick settings keep both, whatever the order of the answers", async () => {
  const answers: (() => void)[] = [];
  core.handle("saveSettings", () => new Promise<void>((resolve) => answers.push(resolve)));
  const one = app.settings.change({ theme: "dark" });
  const two = app.settings.change({ sendTyping: false });
  await arrived();
  answers[1]?.();
  answers[0]?.();
  await Promise.all([one, two]);
  expect(core.calls("saveSettings").at(-1)).toMatchObject({ settings: { theme: "dark", sendTyping: false } });
  expect(app.settings.current).toMatchObject({ theme: "dark", sendTyping: false });
});

test.each([
  ["open", { state: "live" }, "live"],
  ["open", { state: "catching-up", isFirst: true, progress: null }, "catching-up"],
  ["open", { state: "signed-out-soft" }, "signed-out-soft"],
  ["open", { state: "stopped", failure: { kind: "storage", message: "" } }, "offline"],
  ["down", { state: "live" }, "offline"],
  ["outdated", { state: "live" }, "offline"],
  ["elsewhere", { state: "live" }, "offline"],
  ["connecting", { state: "starting" }, "starting"],
] as const)("with the link %s, %o is called %s on the page", (link, connection, name) => {
  expect(connectionName(link, connection)).toBe(name);
});

test("a lost core shows as offline and live again by itself", async () => {
  const names: string[] = [];
  const stop = await reading(() => names.push(app.connection.name));
  core.drop();
  flushSync();
  await vi.advanceTimersByTimeAsync(reconnectDelay(0));
  await arrived();
  flushSync();
  expect(names).toEqual(["live", "offline", "live"]);
  await stop();
});

test("paths below the resources base become addresses, and nothing stays nothing", () => {
  expect(app.resourceUrl("media/a/b?w=72")).toBe("/files/media/a/b?w=72");
  expect(app.resourceUrl(null)).toBeNull();
});
