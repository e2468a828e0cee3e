import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import { FakeCore } from "../timeline/testing/fake-core.ts";
import { echo } from "../timeline/testing/items.ts";
import ComposerHost from "./testing/ComposerHost.svelte";

const harbour = "!harbour:example.org" as RoomId;
const pier = "!pier:example.org" as RoomId;
let core: FakeCore;
let stop: () => void = () => {};
let host: Host;
class Host {
  open: OpenRoom;
  constructor(open: OpenRoom) {
    this.open = $state.raw(open);
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  core = new FakeCore();
});
afterEach(() => {
  stop();
  stop = () => {};
  vi.useRealTimers();
  document.body.replaceChildren();
});

function show(roomId: RoomId = harbour): void {
  host = new Host(core.app.openRooms.visit(roomId));
  stop = core.show(ComposerHost, { host });
  flushSync();
}
function go(roomId: RoomId): void {
  host.open = core.app.openRooms.visit(roomId);
  flushSync();
}
const field = (): HTMLTextAreaElement => document.querySelector("textarea")!;
function type(text: string): void {
  field().value += text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  flushSync();
}
function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  field().dispatchEvent(event);
  flushSync();
  return event;
}
async function answered(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
}
const bodies = (): unknown[] =>
  core.of("sendMessage").map((one) => (one.params["content"] as { body: string }).body);
const refused = new RequestFailed({ kind: "storage", message: "ENOSPC", problem: "full" });

test("the box is called Message, the button Send", () => {
  show();
  expect(field().getAttribute("aria-label")).toBe("Message");
  const buttons = [...document.querySelectorAll("button")];
  expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual([
    ...["Attach", "Record a voice message", "Send"],
  ]);
});

test("words leave the field only when they are on disk", async () => {
  show();
  type("hello");
  press("Enter");
  await answered();
  expect(field().value).toBe("hello");
  core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(field().value).toBe("");
});

test("a second Enter does not send twice", async () => {
  show();
  type("hello");
  press("Enter");
  press("Enter");
  press("Enter", { repeat: true });
  await answered();
  expect(bodies()).toEqual(["hello"]);
  core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(bodies()).toEqual(["hello"]);
});

test("keys pressed while a message is being stored stay, and go as a message of their own", async () => {
  show();
  type("hello");
  press("Enter");
  type("wor");
  core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(field().value).toBe("wor");
  type("ld");
  press("Enter");
  expect(bodies()).toEqual(["hello", "world"]);
});

test("three lines typed faster than the disk are three messages, in order, one asked at a time", async () => {
  show();
  for (const line of ["one", "two", "three"]) {
    type(line);
    press("Enter");
  }
  for (const sent of [["one"], ["one", "two"], ["one", "two", "three"]]) {
    expect(bodies()).toEqual(sent);
    core.of("sendMessage").at(-1)?.answer({ queuedAt: 1 });
    await answered();
  }
  expect(field().value).toBe("");
  const ids = core.of("sendMessage").map((one) => one.params["transactionId"]);
  expect(new Set(ids).size).toBe(3);
});

test("what could not be stored stays, with the reason; trying again is the same message", async () => {
  show();
  type("hello");
  press("Enter");
  type("world");
  press("Enter");
  core.of("sendMessage")[0]?.refuse(refused);
  await answered();
  expect(field().value).toBe("hello\nworld");
  expect(document.querySelector("[role=alert]")?.textContent).toMatch(/still here.*disk is full/);
  field().value = "hello";
  type("");
  press("Enter");
  const [first, second] = core.of("sendMessage");
  expect(second?.params).toEqual(first?.params);
});

test("Enter belongs to the input method while it composes; Shift+Enter breaks the line", () => {
  show();
  type("にほn");
  expect(press("Enter", { isComposing: true }).defaultPrevented).toBe(false);
  expect(press("Enter", { keyCode: 229 }).defaultPrevented).toBe(false);
  expect(press("Enter", { shiftKey: true }).defaultPrevented).toBe(false);
  expect(bodies()).toEqual([]);
});

test("a message too long for the wire is not even asked for", () => {
  show();
  type("ü".repeat(30_001));
  press("Enter");
  expect(bodies()).toEqual([]);
  expect(document.querySelector("[role=alert]")?.textContent).toMatch(/too long/);
  expect(field().getAttribute("aria-invalid")).toBe("true");
});

test("drafts: each room has its own, and leaving stores it at once", () => {
  core.views.set(pier, { draft: { body: "waiting at the pier" } });
  show(harbour);
  type("for the harbour");
  go(pier);
  expect(field().value).toBe("waiting at the pier");
  expect(core.of("saveDraft").map((one) => one.params)).toEqual([
    { roomId: harbour, draft: { body: "for the harbour" } },
  ]);
  type("!");
  go(harbour);
  expect(field().value).toBe("for the harbour");
  expect(core.of("saveDraft").at(-1)?.params).toEqual({
    roomId: pier,
    draft: { body: "waiting at the pier!" },
  });
});

test("an answer that comes after the room was left changes nothing in the next one", async () => {
  show(harbour);
  type("hello");
  press("Enter");
  go(pier);
  type("hello");
  core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(field().value).toBe("hello");
  go(harbour);
  expect(field().value).toBe("");
});

test("back in the room before the answer: still one message, and it leaves the field", async () => {
  show(harbour);
  type("hello");
  press("Enter");
  go(pier);
  go(harbour);
  expect(field().value).toBe("hello");
  press("Enter");
  core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(bodies()).toEqual(["hello"]);
  expect(field().value).toBe("");
});

test("the draft goes when its message is on disk, not before", async () => {
  show();
  type("hello");
  await vi.advanceTimersByTimeAsync(300);
  press("Enter");
  await vi.advanceTimersByTimeAsync(300);
  expect(core.of("saveDraft").map((one) => one.params["draft"])).toEqual([{ body: "hello" }]);
  core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(core.of("saveDraft").at(-1)?.params["draft"]).toBeNull();
});

test("typing is told, and not told when the user does not want it", () => {
  show();
  type("a");
  type("b");
  expect(core.of("setTyping").map((one) => one.params["isTyping"])).toEqual([true]);
  press("Enter");
  expect(core.of("setTyping").map((one) => one.params["isTyping"])).toEqual([true, false]);
  void core.app.settings.change({ sendTyping: false }).catch(() => undefined);
  type("c");
  expect(core.of("setTyping")).toHaveLength(2);
});

const unsent = echo("transaction-1", "waves", { state: "unsent", reason: { code: "behind" } });

test("the arrow up in an empty field edits the last unsent message, and sends it again", async () => {
  core.items.set(harbour, [{ ...unsent, body: { type: "emote", text: "waves", html: null } }]);
  show();
  press("ArrowUp");
  expect(field().value).toBe("/me waves");
  type(" twice");
  press("Enter");
  press("Enter");
  expect(core.of("editSend").map((one) => one.params)).toEqual([
    { roomId: harbour, transactionId: "transaction-1", content: { msgtype: "m.emote", body: "waves twice" } },
  ]);
  core.of("editSend")[0]?.answer({ isEdited: true });
  await answered();
  expect(field().value).toBe("");
  expect(core.of("retrySend")).toHaveLength(1);
  expect(core.of("sendMessage")).toHaveLength(0);
});

test("Escape leaves editing and gives back what was being written", () => {
  core.items.set(harbour, [unsent]);
  show();
  press("ArrowUp");
  type(" more");
  press("Escape");
  expect(field().value).toBe("");
  type("mine");
  press("ArrowUp");
  expect(field().value).toBe("mine");
});

test("too late to edit: it says so and keeps the words", async () => {
  core.items.set(harbour, [unsent]);
  show();
  press("ArrowUp");
  press("Enter");
  core.of("editSend")[0]?.answer({ isEdited: false });
  await answered();
  expect(field().value).toBe("waves");
  expect(document.querySelector("[role=alert]")?.textContent).toMatch(/already left/);
});

test.each([
  ["encrypted", /encrypted.*never sends plain text/],
  ["banned", /banned/],
  ["no-permission", /permission/],
  ["not-joined", /not a member/],
] as const)("where one may not write (%s) a sentence stands instead of the box", (composerBlock, words) => {
  core.views.set(harbour, { composerBlock });
  show();
  expect(document.querySelector("textarea")).toBeNull();
  expect(document.body.textContent).toMatch(words);
});

test("an upgraded room leads to the new one, which is joined on the way", async () => {
  core.views.set(harbour, { composerBlock: "upgraded", replacementRoomId: pier });
  show();
  document.querySelector("button")?.click();
  expect(core.of("followUpgrade")[0]?.params).toEqual({ roomId: harbour });
  core.of("followUpgrade")[0]?.answer({ roomId: pier });
  await answered();
  expect(core.app.navigation.roomId).toBe(pier);
});

test("who types is said without moving the box", () => {
  core.views.set(harbour, { typing: ["Ana", "Ben"] });
  show();
  expect(document.querySelector(".typing")?.textContent).toContain("Ana and Ben are typing…");
});
