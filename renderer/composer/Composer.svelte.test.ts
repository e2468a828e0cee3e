import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import { FakeCore } from "../timeline/testing/fake-core.ts";
import { message, own } from "../timeline/testing/items.ts";
import { composerStage, harbour } from "./testing/composer-stage.svelte.ts";

const pier = "!pier:example.org" as RoomId;

const stage = composerStage(() => new FakeCore());
const { show, go, field, type, press, answered, bodies } = stage;
const refused = new RequestFailed({ kind: "storage", message: "ENOSPC", problem: "full" });

test("the box is called Message, the button Send", () => {
  show();
  expect(field().getAttribute("aria-label")).toBe("Message");
  const buttons = [...document.querySelectorAll("button")];
  expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual([
    ...["Attach", "Emoji and stickers", "Record a voice message", "Send"],
  ]);
});

test("words leave the field only when they are on disk", async () => {
  show();
  type("hello");
  press("Enter");
  await answered();
  expect(field().value).toBe("hello");
  stage.core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
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
  stage.core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(bodies()).toEqual(["hello"]);
});

test("keys pressed while a message is being stored stay, and go as a message of their own", async () => {
  show();
  type("hello");
  press("Enter");
  type("wor");
  stage.core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
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
    stage.core.of("sendMessage").at(-1)?.answer({ queuedAt: 1 });
    await answered();
  }
  expect(field().value).toBe("");
  const ids = stage.core.of("sendMessage").map((one) => one.params["transactionId"]);
  expect(new Set(ids).size).toBe(3);
});

test("what could not be stored stays, with the reason; trying again is the same message", async () => {
  show();
  type("hello");
  press("Enter");
  type("world");
  press("Enter");
  stage.core.of("sendMessage")[0]?.refuse(refused);
  await answered();
  expect(field().value).toBe("hello\nworld");
  expect(document.querySelector("[role=alert]")?.textContent).toMatch(/still here.*disk is full/);
  field().value = "hello";
  type("");
  press("Enter");
  const [first, second] = stage.core.of("sendMessage");
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

test("two fields in trouble, the room's and a thread's, are each described by their own", () => {
  show();
  show();
  const fields = [...document.querySelectorAll("textarea")];
  for (const one of fields) {
    one.value = "/nonsense";
    one.dispatchEvent(new InputEvent("input", { bubbles: true }));
    one.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    flushSync();
  }
  const described = fields.map((one) => one.getAttribute("aria-describedby") ?? "");
  expect(new Set(described).size).toBe(2);
  for (const id of described) {
    expect(document.querySelectorAll(`[id="${id}"]`)).toHaveLength(1);
    expect(document.getElementById(id)?.textContent).toMatch(/no command/);
  }
});

describe("what is too long for a message", () => {
  const long = `"ü"\n  ${"x".repeat(60_000)}\n`;
  const fileButton = (): HTMLButtonElement | undefined =>
    [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === "Send as a text file");
  let put: { address: string; words: string; type: string }[];
  let refuses: boolean;
  beforeEach(() => {
    [put, refuses] = [[], false];
    vi.stubGlobal("fetch", async (address: string, { body }: { body: Blob }) => {
      const words = await body.text();
      put.push({ address, words, type: body.type });
      const failure = { kind: "storage", message: "ENOSPC", problem: "full" };
      return { json: () => Promise.resolve(refuses ? { ok: false, failure } : { ok: true, file: {} }) };
    });
  });
  afterEach(() => void vi.unstubAllGlobals());
  async function staged(times = 1): Promise<void> {
    await vi.waitFor(() => expect(put).toHaveLength(times), 15_000);
    await answered();
    await answered();
  }
  function sendFile(): void {
    fileButton()!.click();
    flushSync();
  }

  test("goes as a file of exactly what was typed, as the answer it is, and leaves the field only then", async () => {
    show();
    stage.host.composer!.reply(message("$asked"));
    type(long);
    press("Enter");
    sendFile();
    await staged();
    expect(put).toMatchObject([{ words: long, type: "text/plain" }]);
    expect(put[0]?.address).toMatch(/staged\/[\w-]{36}\?name=message\.txt$/);
    expect(field().value).toBe(long);
    const [asked] = stage.core.of("sendAttachment");
    expect(asked?.params).toMatchObject({ roomId: harbour, replyTo: { eventId: "$asked" } });
    expect(asked?.params).toMatchObject({ draftLength: long.length, attachment: { caption: "" } });
    expect(put[0]?.address).toContain(String(asked?.params["transactionId"]));
    type("and more");
    asked?.answer({ queuedAt: 1 });
    await answered();
    expect(field().value).toBe("and more");
    expect(document.querySelector("[data-replying-to]")).toBeNull();
    expect(document.querySelector("[role=alert]")).toBeNull();
  });

  test.each([
    ["cannot be put on disk", () => (refuses = true)],
    ["cannot be queued", () => undefined],
  ])("stays where it %s, and tried again it is the same file and message", async (_, spoil) => {
    show();
    type(long);
    press("Enter");
    spoil();
    sendFile();
    await staged();
    stage.core.of("sendAttachment")[0]?.refuse(refused);
    await answered();
    expect(field().value).toBe(long);
    expect(document.querySelector("[role=alert]")?.textContent).toMatch(/still here/);
    refuses = false;
    sendFile();
    await staged(2);
    expect(put[0]?.address).toBe(put[1]?.address);
    stage.core.of("sendAttachment").at(-1)?.answer({ queuedAt: 1 });
    await answered();
    expect(field().value).toBe("");
  });

  test("and for a draft, as what is dropped into the field may be, says so at once and asks nobody to keep it", () => {
    show();
    type("x".repeat(1_000_001));
    vi.advanceTimersByTime(1000);
    expect(stage.core.of("saveDraft")).toEqual([]);
    flushSync();
    expect(fileButton()).toBeDefined();
    field().value = "short again";
    type("");
    vi.advanceTimersByTime(1000);
    expect(fileButton()).toBeUndefined();
    expect(stage.core.of("saveDraft").map((one) => one.params["draft"])).toEqual([{ body: "short again" }]);
  });

  test("is no file when it is an edit", () => {
    show();
    stage.host.composer!.edit(own("$mine"));
    type(long);
    press("Enter");
    expect(document.querySelector("[role=alert]")?.textContent).toMatch(/shorter/);
    expect(fileButton()).toBeUndefined();
  });
});

test("drafts: each room has its own, and leaving stores it at once", () => {
  stage.core.views.set(pier, { draft: { body: "waiting at the pier" } });
  show(harbour);
  type("for the harbour");
  go(pier);
  expect(field().value).toBe("waiting at the pier");
  expect(stage.core.of("saveDraft").map((one) => one.params)).toEqual([
    { roomId: harbour, draft: { body: "for the harbour" } },
  ]);
  type("!");
  go(harbour);
  expect(field().value).toBe("for the harbour");
  expect(stage.core.of("saveDraft").at(-1)?.params).toEqual({
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
  stage.core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
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
  stage.core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
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
  expect(stage.core.of("saveDraft").map((one) => one.params["draft"])).toEqual([{ body: "hello" }]);
  stage.core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  expect(stage.core.of("saveDraft").at(-1)?.params["draft"]).toBeNull();
});

test("the same words, typed again while they are being stored, are stored as a draft of their own", async () => {
  show();
  type("ok");
  await vi.advanceTimersByTimeAsync(300);
  press("Enter");
  type("ok");
  stage.core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  // The core took the first ones' draft away with their message.
  await vi.advanceTimersByTimeAsync(300);
  expect(field().value).toBe("ok");
  expect(stage.core.of("saveDraft").map((one) => one.params["draft"])).toEqual([
    { body: "ok" },
    { body: "ok" },
  ]);
});

test("typing is told, and not told when the user does not want it", () => {
  show();
  type("a");
  type("b");
  expect(stage.core.of("setTyping").map((one) => one.params["isTyping"])).toEqual([true]);
  press("Enter");
  expect(stage.core.of("setTyping").map((one) => one.params["isTyping"])).toEqual([true, false]);
  void stage.core.app.settings.change({ sendTyping: false }).catch(() => undefined);
  type("c");
  expect(stage.core.of("setTyping")).toHaveLength(2);
});

test.each([
  ["encrypted", /encrypted.*never sends plain text/],
  ["banned", /banned/],
  ["no-permission", /permission/],
  ["not-joined", /not a member/],
] as const)("where one may not write (%s) a sentence stands instead of the box", (composerBlock, words) => {
  stage.core.views.set(harbour, { composerBlock });
  show();
  expect(document.querySelector("textarea")).toBeNull();
  expect(document.body.textContent).toMatch(words);
});

test("an upgraded room leads to the new one, which is joined on the way", async () => {
  stage.core.views.set(harbour, { composerBlock: "upgraded", replacementRoomId: pier });
  show();
  document.querySelector("button")?.click();
  expect(stage.core.of("followUpgrade")[0]?.params).toEqual({ roomId: harbour });
  stage.core.of("followUpgrade")[0]?.answer({ roomId: pier });
  await answered();
  expect(stage.core.app.navigation.roomId).toBe(pier);
});

test("who types is said without moving the box", () => {
  stage.core.views.set(harbour, { typing: ["Ana", "Ben"] });
  show();
  expect(document.querySelector(".typing")?.textContent).toContain("Ana and Ben are typing…");
});
