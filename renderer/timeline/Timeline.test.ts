import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { MessageItem, TimelineItem } from "../../preload/contract/models/timeline.ts";
import { FakeCore, NoResizes } from "./testing/fake-core.ts";
import { echo, joined, message, redacted, sender, state } from "./testing/items.ts";
import Timeline from "./Timeline.svelte";

let roomId: RoomId;
let rooms = 0;
let core: FakeCore;
let stop: () => void = () => {};
const onedit = vi.fn();

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", NoResizes);
  // Positions are kept per room for the session: every test has a room of its own.
  roomId = `!room${rooms++}:example.org` as RoomId;
  core = new FakeCore();
});
afterEach(() => {
  stop();
  stop = () => {};
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

function show(items: readonly TimelineItem[]): void {
  core.items.set(roomId, items);
  stop = core.show(Timeline, { open: core.app.openRooms.visit(roomId), onedit, onreply: vi.fn() });
  flushSync();
}
const find = (id: string): HTMLElement =>
  document.querySelector<HTMLElement>(`[data-item-id="${CSS.escape(id)}"]`)!;
const data = (id: string): Record<string, string | undefined> => {
  const { itemId, eventId, kind, sendState } = find(id).dataset;
  return { itemId, eventId, kind, sendState };
};

test("what we wrote ourselves is not marked as read: it names the newest word of others", () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  const mine = { ...message("$3"), sender: sender("Me", { isOwn: true }) };
  show([message("$1"), message("$2"), mine]);
  expect(core.of("markRead").map((one) => one.params["eventId"])).toEqual(["$2"]);
});

test("the log has the handles of automation.md", () => {
  show([message("$1"), state("$2", { type: "pinned", change: "changed", eventId: null })]);
  const log = document.querySelector<HTMLElement>("[role=log]")!;
  expect(log.getAttribute("aria-label")).toBe("Messages");
  expect(log.dataset["roomId"]).toBe(roomId);
  expect(log.dataset["older"]).toBe("exhausted");
  expect(data("$1")).toEqual({ itemId: "$1", eventId: "$1", kind: "message", sendState: "none" });
  expect(data("$2")).toEqual({ itemId: "$2", eventId: "$2", kind: "state", sendState: "none" });
});

test("one element lives from the local echo to the remote echo, through every state of sending", () => {
  const first = echo("transaction-1", "hello", { state: "queued", since: Date.now() });
  show([message("$0"), first]);
  const element = find("transaction-1");
  const words = element.querySelector("p")!;
  expect(data("transaction-1")).toEqual({
    itemId: "transaction-1",
    eventId: undefined,
    kind: "message",
    sendState: "queued",
  });
  const steps: readonly Partial<MessageItem>[] = [
    { send: { state: "sending", since: Date.now() } },
    { send: { state: "unsent", reason: { code: "behind" } } },
    { send: { state: "sent" }, eventId: "$e" as EventId },
    { send: null, eventId: "$e" as EventId, ts: 5 },
  ];
  let item = first;
  for (const step of steps) {
    item = { ...item, ...step };
    core.change(roomId, { items: [{ op: "replace", at: 1, item }] });
    flushSync();
    expect(find("transaction-1")).toBe(element);
    expect(element.querySelector("p")).toBe(words);
    expect(element.dataset["sendState"]).toBe(item.send?.state ?? "none");
  }
  expect(element.dataset["eventId"]).toBe("$e");
  // Ordered elsewhere by the server: taken out and put in under the same id, in one change.
  core.change(roomId, {
    items: [
      { op: "remove", at: 1, count: 1 },
      { op: "insert", at: 0, items: [item] },
    ],
  });
  flushSync();
  expect(find("transaction-1")).toBe(element);
});

test("unsent: the reason in words, and three things to do about it", () => {
  const item = echo("transaction-1", "hello", { state: "unsent", reason: { code: "behind" } });
  show([item]);
  const buttons = Array.from(find("transaction-1").querySelectorAll<HTMLElement>(".unsent button"));
  expect(buttons.map((button) => button.textContent?.trim())).toEqual(["Retry", "Edit", "Delete"]);
  expect(find("transaction-1").textContent).toContain("a message before it was not");
  buttons.forEach((button) => button.click());
  expect(core.of("retrySend").map((one) => one.params)).toEqual([{ roomId, transactionId: "transaction-1" }]);
  expect(core.of("deleteSend")).toHaveLength(1);
  expect(onedit).toHaveBeenCalledExactlyOnceWith(item);
});

test("of a crowd that came in one after the other, the page holds the newest alone", () => {
  const crowd = Array.from({ length: 3000 }, (_, index) => joined(`$${index}`, `Visitor ${index}`));
  show([...crowd, message("$last")]);
  expect(document.querySelectorAll("[data-event-id]").length).toBeLessThan(150);
  expect(data("$2999").kind).toBe("state");
});

test("what is folded into one line can still be counted, and unfolds in place", () => {
  show([message("$0"), joined("$1", "Ben"), joined("$2", "Cara"), redacted("$3"), redacted("$4")]);
  expect(document.querySelectorAll("[data-event-id]")).toHaveLength(5);
  expect(document.body.textContent).toContain("Ben and Cara joined");
  const fold = Array.from(document.querySelectorAll<HTMLElement>("button")).find((one) =>
    one.textContent?.includes("Ben and Cara joined"),
  );
  fold?.click();
  flushSync();
  expect(find("$1").textContent).toContain("Ben joined");
  expect(document.querySelectorAll('[data-event-id="$1"]')).toHaveLength(1);
});

const hostileText = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
test("what strangers write is text wherever it is shown (XSS-01, XSS-03)", () => {
  const evil = { ...message("$1").sender, name: hostileText };
  const text = { type: "text", text: hostileText, html: null } as const;
  const media = {
    file: null,
    thumbnail: null,
    name: hostileText,
    mimetype: hostileText,
    size: 1,
    width: 1e9,
    height: 1,
    durationMs: null,
    blurhash: null,
    waveform: null,
  };
  show([
    { ...message("$1", "Ana", 0, text), sender: evil },
    { ...message("$2", "Ana", 0, { ...text, type: "emote" }), sender: evil },
    { ...message("$3", "Ana", 0, { type: "other", text: hostileText, msgtype: hostileText }), sender: evil },
    { ...message("$4", "Ana", 0, { type: "file", text: hostileText, media }), sender: evil },
    { ...message("$5", "Ana", 0, { type: "image", text: hostileText, media }), sender: evil },
    { ...state("$6", { type: "topic", from: null, to: hostileText }), sender: evil },
    { ...redacted("$7"), redactedBy: hostileText, reason: hostileText },
  ]);
  expect(document.querySelector("script, [onerror], img[src=x]")).toBeNull();
  expect(find("$1").textContent).toContain(hostileText);
  expect(find("$6").textContent).toContain(hostileText);
});

test("read up to the newest event, once, and only when somebody looks", () => {
  const focus = vi.spyOn(document, "hasFocus").mockReturnValue(false);
  show([message("$1")]);
  expect(core.of("markRead")).toHaveLength(0);
  focus.mockReturnValue(true);
  window.dispatchEvent(new Event("focus"));
  flushSync();
  window.dispatchEvent(new Event("focus"));
  flushSync();
  expect(core.of("markRead").map((one) => one.params)).toEqual([{ roomId, eventId: "$1" }]);
  core.change(roomId, {
    items: [{ op: "insert", at: 1, items: [echo("transaction-1", "x", { state: "sent" })] }],
  });
  flushSync();
  expect(core.of("markRead")).toHaveLength(1);
  core.change(roomId, { items: [{ op: "insert", at: 2, items: [message("$2", "Ben")] }] });
  flushSync();
  expect(core.of("markRead").map((one) => one.params["eventId"])).toEqual(["$1", "$2"]);
});

test("coming to a room, and back to its window, is a visit: told before anything is marked as read", () => {
  const focus = vi.spyOn(document, "hasFocus").mockReturnValue(true);
  const asked = () =>
    core.asked.flatMap(({ method }) => (method === "visitRoom" || method === "markRead" ? [method] : []));
  show([message("$1")]);
  expect(asked()).toEqual(["visitRoom", "markRead"]);
  focus.mockReturnValue(false);
  window.dispatchEvent(new Event("blur"));
  core.change(roomId, { items: [{ op: "insert", at: 1, items: [message("$2", "Ben")] }] });
  flushSync();
  expect(asked()).toHaveLength(2);
  focus.mockReturnValue(true);
  window.dispatchEvent(new Event("focus"));
  flushSync();
  expect(asked()).toEqual(["visitRoom", "markRead", "visitRoom", "markRead"]);
});

test("older history is asked for before its place comes into view, once at a time, and again after a refusal only on request", async () => {
  show([message("$1")]);
  expect(core.of("paginate")).toHaveLength(0);
  core.change(roomId, { items: [], older: "idle" });
  flushSync();
  expect(core.of("paginate")).toHaveLength(1);
  core.change(roomId, { items: [], older: "loading" });
  flushSync();
  expect(document.querySelector<HTMLElement>("[role=log]")?.dataset["older"]).toBe("loading");
  core.change(roomId, { items: [], older: { failed: { kind: "offline", message: "x" } } });
  core.of("paginate")[0]?.answer();
  await vi.waitFor(() => expect(document.body.textContent).toContain("could not be loaded"), 15_000);
  expect(document.querySelector<HTMLElement>("[role=log]")?.dataset["older"]).toBe("failed");
  expect(core.of("paginate")).toHaveLength(1);
  const retry = Array.from(document.querySelectorAll("button")).find((one) =>
    one.textContent?.includes("Try again"),
  );
  retry?.click();
  expect(core.of("paginate")).toHaveLength(2);
});

test("what arrives is announced politely, in words; what was there is not", () => {
  show([message("$1")]);
  const live = document.querySelector("[aria-live=polite]")!;
  expect(live.textContent).toBe("");
  core.change(roomId, { items: [{ op: "insert", at: 1, items: [message("$2", "Ben")] }] });
  flushSync();
  expect(live.textContent).toBe("Ben: text of $2");
  core.change(roomId, { items: [{ op: "insert", at: 0, items: [message("$0", "Cara")] }] });
  flushSync();
  expect(live.textContent).toBe("Ben: text of $2");
});

test("two who share a name are told apart (DSP-08)", () => {
  const ambiguous = { ...message("$1").sender, isAmbiguous: true };
  show([{ ...message("$1"), sender: ambiguous }]);
  expect(find("$1").textContent).toContain("(@ana:example.org)");
});
