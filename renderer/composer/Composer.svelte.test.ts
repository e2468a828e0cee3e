import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import { FakeCore } from "../timeline/testing/fake-core.ts";
import { echo, message } from "../timeline/testing/items.ts";
import ComposerHost from "./testing/ComposerHost.svelte";

const harbour = "!harbour:example.org" as RoomId;
const pier = "!pier:example.org" as RoomId;
let core: FakeCore;
let stop: () => void = () => {};
let host: Host;
/** What the window asks of the composer. */
interface Asking {
  reply(item: MessageItem): void;
  edit(item: MessageItem): void;
}
class Host {
  composer: Asking | undefined = $state();
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
    ...["Attach", "Emoji and stickers", "Record a voice message", "Send"],
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

test("two fields in trouble, the room's and a thread's, are each described by their own", () => {
  show();
  const stopFirst = stop;
  show();
  const stopSecond = stop;
  stop = () => {
    stopFirst();
    stopSecond();
  };
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
    host.composer!.reply(message("$asked"));
    type(long);
    press("Enter");
    sendFile();
    await staged();
    expect(put).toMatchObject([{ words: long, type: "text/plain" }]);
    expect(put[0]?.address).toMatch(/staged\/[\w-]{36}\?name=message\.txt$/);
    expect(field().value).toBe(long);
    const [asked] = core.of("sendAttachment");
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
    core.of("sendAttachment")[0]?.refuse(refused);
    await answered();
    expect(field().value).toBe(long);
    expect(document.querySelector("[role=alert]")?.textContent).toMatch(/still here/);
    refuses = false;
    sendFile();
    await staged(2);
    expect(put[0]?.address).toBe(put[1]?.address);
    core.of("sendAttachment").at(-1)?.answer({ queuedAt: 1 });
    await answered();
    expect(field().value).toBe("");
  });

  test("and for a draft, as what is dropped into the field may be, says so at once and asks nobody to keep it", () => {
    show();
    type("x".repeat(1_000_001));
    vi.advanceTimersByTime(1000);
    expect(core.of("saveDraft")).toEqual([]);
    flushSync();
    expect(fileButton()).toBeDefined();
    field().value = "short again";
    type("");
    vi.advanceTimersByTime(1000);
    expect(fileButton()).toBeUndefined();
    expect(core.of("saveDraft").map((one) => one.params["draft"])).toEqual([{ body: "short again" }]);
  });

  test("is no file when it is an edit", () => {
    show();
    host.composer!.edit(own("$mine"));
    type(long);
    press("Enter");
    expect(document.querySelector("[role=alert]")?.textContent).toMatch(/shorter/);
    expect(fileButton()).toBeUndefined();
  });
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

test("the same words, typed again while they are being stored, are stored as a draft of their own", async () => {
  show();
  type("ok");
  await vi.advanceTimersByTimeAsync(300);
  press("Enter");
  type("ok");
  core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
  await answered();
  // The core took the first ones' draft away with their message.
  await vi.advanceTimersByTimeAsync(300);
  expect(field().value).toBe("ok");
  expect(core.of("saveDraft").map((one) => one.params["draft"])).toEqual([{ body: "ok" }, { body: "ok" }]);
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
    {
      roomId: harbour,
      transactionId: "transaction-1",
      content: { msgtype: "m.emote", body: "waves twice", "m.mentions": {} },
    },
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

const quoted = (): string => document.querySelector(".quoted")?.textContent ?? "";
const own = (id: string) => ({ ...message(id), sender: { ...message(id).sender, isOwn: true } });
const notice = (): string => document.querySelector("p[role=status]")?.textContent ?? "";

test("the words of a message deleted while it is answered leave the bar, and what was typed stays", () => {
  show();
  host.composer?.reply(message("$1"));
  flushSync();
  type("my answer");
  expect(quoted()).toBe("text of $1");
  core.changeQuote(harbour, { eventId: "$1" as EventId, state: "redacted", text: "" });
  flushSync();
  expect(quoted()).toBe("Message deleted");
  expect(field().value).toBe("my answer");
  press("Enter");
  expect(core.of("sendMessage")[0]?.params["replyTo"]).toEqual({ eventId: "$1", transactionId: null });
});

test("an unsent message deleted while it is answered leaves an answer to nothing, and says so", () => {
  show();
  host.composer?.reply(echo("waits", "not sent", { state: "queued", since: 0 }));
  flushSync();
  type("my answer");
  core.changeQuote(harbour, { transactionId: "waits" as TransactionId, state: "redacted" });
  flushSync();
  expect(document.querySelector("[data-replying-to]")).toBeNull();
  expect(notice()).toContain("deleted before it was sent");
  press("Enter");
  expect(core.of("sendMessage")[0]?.params["replyTo"]).toBeUndefined();
  expect(bodies()).toEqual(["my answer"]);
});

test("a message deleted while it is edited ends the edit; changed words stay as a draft beside what was there", () => {
  show();
  type("a draft");
  host.composer?.edit(own("$1"));
  flushSync();
  field().value = "";
  type("changed words");
  core.changeQuote(harbour, { eventId: "$1" as EventId, state: "redacted" });
  flushSync();
  expect(field().value).toBe("a draft\nchanged words");
  expect(notice()).toContain("What you wrote stays");
  vi.advanceTimersByTime(1000);
  expect(core.of("saveDraft").at(-1)?.params["draft"]).toEqual({ body: "a draft\nchanged words" });
  press("Enter");
  expect(core.of("editMessage")).toEqual([]);
  expect(bodies()).toEqual(["a draft\nchanged words"]);
});

test("words that were not changed do not come back from a deleted message", () => {
  show();
  type("a draft");
  host.composer?.edit(own("$1"));
  flushSync();
  core.changeQuote(harbour, { eventId: "$1" as EventId, state: "redacted" });
  flushSync();
  expect(field().value).toBe("a draft");
  expect(notice()).toBe("The message you were editing was deleted.");
});

test("changed words wait for their message while another is edited or answered; Escape lets them go", async () => {
  show();
  type("a draft");
  const edit = (id: string): void => {
    host.composer?.edit(own(id));
    flushSync();
  };
  edit("$1");
  const first = field().value;
  type(" and more");
  edit("$2");
  expect(field().value).not.toContain("and more");
  type(" second");
  host.composer?.reply(message("$3"));
  flushSync();
  expect(field().value).toBe("a draft");
  edit("$1");
  expect(field().value).toBe(`${first} and more`);
  // Asked for twice it is the same edit.
  edit("$1");
  expect(field().value).toBe(`${first} and more`);
  press("Enter");
  // Another one is taken up before it is on disk.
  edit("$2");
  expect(field().value).toMatch(/ second$/);
  core.of("editMessage")[0]?.answer({ queuedAt: 5 });
  await answered();
  edit("$1");
  expect(field().value).toBe(first);
  edit("$2");
  press("Escape");
  expect(field().value).toBe("a draft");
  edit("$2");
  expect(field().value).not.toContain("second");
});

test("an edit that takes the place of an unsent message is no deletion of it", async () => {
  show();
  host.composer?.edit(echo("waits", "not sent", { state: "unsent", reason: { code: "waited-too-long" } }));
  flushSync();
  type(" yet");
  press("Enter");
  // The row stands under a new transaction id before the answer is here.
  core.changeQuote(harbour, { transactionId: "waits" as TransactionId, state: "redacted" });
  flushSync();
  core.of("editSend")[0]?.answer({ isEdited: true });
  await answered();
  expect([field().value, notice()]).toEqual(["", ""]);
});

test("an edit that came too late, of a message deleted meanwhile, loses nothing", async () => {
  show();
  host.composer?.edit(echo("waits", "not sent", { state: "unsent", reason: { code: "waited-too-long" } }));
  flushSync();
  type(" yet");
  press("Enter");
  core.changeQuote(harbour, { transactionId: "waits" as TransactionId, state: "redacted" });
  flushSync();
  core.of("editSend")[0]?.answer({ isEdited: false });
  await answered();
  expect(field().value).toBe("not sent yet");
  expect(notice()).toContain("What you wrote stays");
});

const picture = (text: string) => {
  const media = {
    ...{ name: "hill.png", size: 9, mimetype: "image/png", file: "media/x/y", thumbnail: null },
    ...{ width: 4, height: 3, durationMs: null, blurhash: null, waveform: null },
  };
  return { ...own("$picture"), body: { type: "image", text, media } as const };
};

test("the caption of a picture is edited as such; the name that stands for none is not put into the field", async () => {
  show();
  host.composer?.edit(picture("hill.png"));
  flushSync();
  expect(field().value).toBe("");
  expect(document.querySelector(".about")?.textContent).toContain("Editing a caption");
  type("The hill");
  press("Enter");
  await answered();
  expect(core.of("editMessage")[0]?.params).toMatchObject({
    content: { msgtype: "m.text", body: "The hill" },
    isCaption: true,
  });
});

test("a caption that is emptied leaves the name of the file", async () => {
  show();
  host.composer?.edit(picture("The hill"));
  flushSync();
  expect(field().value).toBe("The hill");
  field().value = "";
  type("");
  press("Enter");
  await answered();
  expect(core.of("editMessage")[0]?.params).toMatchObject({ content: { body: "hill.png" }, isCaption: true });
});
