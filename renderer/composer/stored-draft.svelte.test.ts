import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import { FakeCore } from "../timeline/testing/fake-core.ts";
import { message, own } from "../timeline/testing/items.ts";
import ComposerHost from "./testing/ComposerHost.svelte";

// What is stored and not read yet: nothing is saved over it, and what is typed meanwhile is kept with it.

const harbour = "!harbour:example.org" as RoomId;
const root = { eventId: "$root" as EventId, transactionId: null };
const refused = new RequestFailed({ kind: "storage", message: "SQLITE_IOERR", problem: "other" });
let core: FakeCore;
let stop: () => void = () => {};
let host: {
  open: OpenRoom;
  composer: { edit(item: MessageItem): void; reply(item: MessageItem): void } | undefined;
};

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

function show(open: OpenRoom): void {
  const state: typeof host = $state({ open, composer: undefined });
  host = state;
  stop = core.show(ComposerHost, { host });
  flushSync();
}
const showRoom = (): void => show(core.app.openRooms.visit(harbour));
const showThread = (): void => show(core.app.openThreads.visit(core.app.openRooms.visit(harbour), root));
const field = (): HTMLTextAreaElement => document.querySelector("textarea")!;
function type(text: string): void {
  field().value += text;
  field().dispatchEvent(new InputEvent("input", { bubbles: true }));
  flushSync();
}
function press(key: string): void {
  field().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  flushSync();
}
async function passed(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  flushSync();
}
const loads = () => core.of("loadThreadDraft");
const saved = (): unknown[] => core.of("saveDraft").map((one) => one.params["draft"]);
const alert = (): string => document.querySelector("[role=alert]")?.textContent ?? "";
const again = (): HTMLButtonElement | undefined =>
  [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === "Try again");

describe("of a thread", () => {
  test("that cannot be loaded: nothing is saved over it, and once it is here both are kept", async () => {
    showThread();
    loads()[0]?.refuse(refused);
    await passed();
    expect(alert()).toMatch(/draft could not be loaded.*not saved until/);
    type("typed meanwhile");
    await passed(1000);
    field().dispatchEvent(new FocusEvent("blur"));
    expect(saved()).toEqual([]);
    again()?.click();
    loads()
      .at(-1)
      ?.answer({ draft: { body: "half a thought" }, attachments: [] });
    await passed(1000);
    expect(field().value).toBe("half a thought\ntyped meanwhile");
    expect(saved()).toEqual([{ body: "half a thought\ntyped meanwhile" }]);
    expect([alert(), again()]).toEqual(["", undefined]);
  });

  test("is asked for again where somebody types", async () => {
    showThread();
    loads()[0]?.refuse(refused);
    await passed();
    expect(loads()).toHaveLength(1);
    type("typed");
    await passed(1000);
    expect(loads()).toHaveLength(2);
    loads()[1]?.answer({ draft: null, attachments: [] });
    await passed(1000);
    expect(field().value).toBe("typed");
    expect(saved()).toEqual([{ body: "typed" }]);
  });

  test("that comes late stays where a message was sent before it came", async () => {
    showThread();
    type("a message");
    press("Enter");
    await passed();
    core.of("sendMessage")[0]?.answer({ queuedAt: 1 });
    await passed(1000);
    expect(field().value).toBe("");
    expect(saved()).toEqual([]);
    loads()[0]?.answer({ draft: { body: "half a thought" }, attachments: [] });
    await passed(1000);
    expect(field().value).toBe("half a thought");
    expect(saved()).toEqual([]);
  });

  test("that comes while a message is edited waits behind the edit", async () => {
    showThread();
    type("typed");
    host.composer?.reply(message("$asked"));
    host.composer?.edit(own("$mine"));
    flushSync();
    loads()[0]?.answer({
      draft: { body: "for @ben", mentions: [{ text: "@ben", id: "@ben:example.org" }] },
      attachments: [],
    });
    await passed(1000);
    expect(field().value).toBe("text of $mine");
    const both = "for @ben\ntyped";
    expect(saved()).toMatchObject([
      { body: both, mentions: [{ text: "@ben" }], replyTo: { eventId: "$asked" } },
    ]);
    press("Escape");
    expect(field().value).toBe(both);
  });
});

describe("of a room", () => {
  test("that is not here yet: nothing is saved over it, and once it is here both are kept", async () => {
    core.views.set(harbour, { draft: { body: "half a thought\n" } });
    core.held.add("room");
    showRoom();
    type("typed meanwhile");
    await passed(1000);
    expect(saved()).toEqual([]);
    core.release();
    flushSync();
    await passed(1000);
    expect(field().value).toBe("half a thought\ntyped meanwhile");
    expect(saved()).toEqual([{ body: "half a thought\ntyped meanwhile" }]);
  });
});

describe("an edit that was not saved", () => {
  const at = (id: string) => ({ eventId: id as EventId, transactionId: null });
  const edit = (id: string, body: string, isOpen = true) => ({ ...at(id), body, isOpen });
  const items = () => [own("$1"), own("$2"), message("$theirs")];

  test("is kept key by key, and no more once it is given up or saved", async () => {
    core.items.set(harbour, items());
    showRoom();
    type("a draft");
    host.composer?.edit(own("$1"));
    await passed(1000);
    expect(saved()).toEqual([{ body: "a draft" }]);
    type(", changed");
    await passed(1000);
    expect(saved().at(-1)).toEqual({ body: "a draft", edits: [edit("$1", "text of $1, changed")] });
    host.composer?.edit(own("$2"));
    await passed(1000);
    expect(saved().at(-1)).toEqual({ body: "a draft", edits: [edit("$1", "text of $1, changed", false)] });
    type("!");
    press("Escape");
    expect(saved().at(-1)).toEqual({ body: "a draft", edits: [edit("$1", "text of $1, changed", false)] });
    host.composer?.edit(own("$1"));
    flushSync();
    press("Enter");
    core.of("editMessage")[0]?.answer({ queuedAt: 5 });
    await passed();
    expect(saved().at(-1)).toEqual({ body: "a draft" });
  });

  test("goes on after a restart, with the draft behind it", async () => {
    core.items.set(harbour, items());
    const mentions = [{ text: "@ben", id: "@ben:example.org" }];
    const edits = [edit("$2", "waits", false), edit("$1", "for @ben")];
    core.views.set(harbour, { draft: { body: "a draft", mentions, edits } });
    showRoom();
    await passed(1000);
    expect(field().value).toBe("for @ben");
    expect(saved()).toEqual([]);
    type("!");
    await passed(1000);
    expect(saved().at(-1)).toEqual({
      ...{ body: "a draft", mentions },
      edits: [edits[0], edit("$1", "for @ben!")],
    });
    press("Enter");
    await passed();
    expect(core.of("editMessage")[0]?.params).toMatchObject({
      target: at("$1"),
      content: { body: "for @ben!", "m.mentions": { user_ids: ["@ben:example.org"] } },
    });
    core.of("editMessage")[0]?.answer({ queuedAt: 5 });
    await passed();
    expect(field().value).toBe("a draft");
    host.composer?.edit(own("$2"));
    flushSync();
    expect(field().value).toBe("waits");
  });

  test("waits for its message, which may come later, and for nobody who writes something else meanwhile", async () => {
    core.views.set(harbour, { draft: { body: "", edits: [edit("$1", "changed")] } });
    showRoom();
    await passed(1000);
    expect(field().value).toBe("");
    core.change(harbour, { items: [{ op: "insert", at: 0, items: [own("$1")] }] });
    await passed(1000);
    expect(field().value).toBe("changed");
    stop();

    core = new FakeCore();
    core.views.set(harbour, { draft: { body: "", edits: [edit("$1", "changed")] } });
    showRoom();
    type("else");
    core.change(harbour, { items: [{ op: "insert", at: 0, items: [own("$1")] }] });
    await passed(1000);
    expect(field().value).toBe("else");
    expect(saved().at(-1)).toEqual({ body: "else", edits: [edit("$1", "changed", false)] });
    host.composer?.edit(own("$1"));
    flushSync();
    expect(field().value).toBe("changed");
  });

  test("whose words stand in the message by now was saved in the last moment", async () => {
    core.items.set(harbour, items());
    core.views.set(harbour, { draft: { body: "a draft", edits: [edit("$1", "text of $1")] } });
    showRoom();
    await passed(1000);
    expect(field().value).toBe("a draft");
    expect(saved()).toEqual([{ body: "a draft" }]);
  });

  test("becomes words of its own where its message was deleted meanwhile", async () => {
    core.quote = { ...core.quote, ...at("$1"), state: "redacted" };
    core.views.set(harbour, { draft: { body: "a draft", edits: [edit("$1", "changed")] } });
    showRoom();
    await passed(1000);
    expect(field().value).toBe("a draft\nchanged");
    expect(document.querySelector(".notice")?.textContent).toContain("What you wrote stays");
    expect(saved()).toEqual([{ body: "a draft\nchanged" }]);
  });

  test("is not thrown away by what was stored of another", async () => {
    core.views.set(harbour, { draft: { body: "", edits: [edit("$2", "stored")] } });
    core.held.add("room");
    showRoom();
    host.composer?.edit(own("$1"));
    flushSync();
    type(", changed");
    core.release();
    await passed(1000);
    expect(field().value).toBe("text of $1, changed");
    expect(saved().at(-1)).toEqual({
      body: "",
      edits: [edit("$2", "stored", false), edit("$1", "text of $1, changed")],
    });
  });
});
