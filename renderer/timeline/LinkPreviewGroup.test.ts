import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { LinkPreview } from "../../preload/contract/models/link-preview.ts";
import { FakeCore, NoResizes } from "./testing/fake-core.ts";
import { message } from "./testing/items.ts";
import Timeline from "./Timeline.svelte";

// Of the links of one message, the answers come one by one, in any order.

const pages = [1, 2, 3, 4].map((index) => `https://example.org/${index}`);
let core: FakeCore;
let stop: () => void = () => {};

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", NoResizes);
  core = new FakeCore({ linkPreviews: true });
  const roomId = "!links:example.org" as RoomId;
  core.items.set(roomId, [message("a", "Ana", 0, { type: "text", text: pages.join(" "), html: null })]);
  const open = core.app.openRooms.visit(roomId);
  stop = core.show(Timeline, { open, onedit: vi.fn(), onreply: vi.fn() });
  flushSync();
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function answer(index: number, preview: Partial<LinkPreview> | null = { title: `Page ${index}` }) {
  const given = preview && { title: "", description: null, siteName: null, image: null, ...preview };
  core
    .of("loadLinkPreview")
    .find(({ params }) => params["url"] === pages[index - 1])
    ?.answer({ preview: given });
  await new Promise((done) => setTimeout(done));
  flushSync();
}
const shown = (): (string | null)[] =>
  [...document.querySelectorAll(".preview strong")].map(({ textContent }) => textContent);
const more = (): HTMLElement | null => document.querySelector(".others");

test("each shows when it is there, wherever the slowest is", async () => {
  await answer(3);
  expect(shown()).toEqual(["Page 3"]);
  await answer(2);
  expect(shown()).toEqual(["Page 2", "Page 3"]);
});

test("one that comes before those shown takes its place, and none of them goes for it", async () => {
  await answer(4);
  await answer(3);
  await answer(1);
  expect(shown()).toEqual(["Page 1", "Page 3", "Page 4"]);
  expect(more()).toBeNull();
});

test("one that comes after two that are shown is had on request", async () => {
  await answer(2);
  await answer(1);
  await answer(4);
  expect(shown()).toEqual(["Page 1", "Page 2"]);
  expect(more()?.textContent).toBe("Show 1 more");
  more()?.click();
  flushSync();
  expect(shown()).toEqual(["Page 1", "Page 2", "Page 4"]);
  await answer(3);
  expect(shown()).toEqual(["Page 1", "Page 2", "Page 3", "Page 4"]);
  more()?.click();
  flushSync();
  expect(shown()).toEqual(["Page 1", "Page 2"]);
  expect(more()?.textContent).toBe("Show 2 more");
});

test("pages without anything to show take no place", async () => {
  await answer(1, null);
  await answer(3);
  await answer(2, null);
  await answer(4);
  expect(shown()).toEqual(["Page 3", "Page 4"]);
});
