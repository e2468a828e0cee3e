import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import { aRoom } from "../state/builders.ts";
import RoomRow from "./RoomRow.svelte";

let row: Record<string, unknown> | null = null;
afterEach(async () => {
  if (row) await unmount(row);
});

function show(room: ReturnType<typeof aRoom>, isOpen = false): { link: HTMLElement; opened: () => number } {
  let count = 0;
  const props = { room, avatarSrc: null, isOpen, isReachable: true, midnight: 0, onopen: () => void count++ };
  row = mount(RoomRow, { target: document.body, props });
  flushSync();
  const link = document.querySelector("a");
  if (link === null) throw new Error("no link");
  return { link, opened: () => count };
}

test("drivers find id and counts on the row, and its name comes first", () => {
  const { link } = show(aRoom("Garden", { unread: 7, highlight: 2 }));
  expect(link.dataset).toMatchObject({ roomId: "!Garden:example.org", unread: "7", highlight: "2" });
  expect(link.getAttribute("aria-label")).toBeNull();
  const spoken = [...link.querySelectorAll("span:not(:has(*)), time")]
    .filter((part) => part.closest("[aria-hidden]") === null)
    .map((part) => part.textContent.trim())
    .filter(Boolean);
  expect(spoken[0]).toBe("Garden");
  expect(spoken.at(-1)).toBe("7 unread messages, 2 mentions");
});

test("a click opens the room and leaves the address alone", () => {
  const { link, opened } = show(aRoom("Garden"));
  const click = new MouseEvent("click", { bubbles: true, cancelable: true });
  link.dispatchEvent(click);
  expect(opened()).toBe(1);
  expect(click.defaultPrevented).toBe(true);
});

test("a name that looks like markup is shown as text", () => {
  const { link } = show(aRoom("x", { name: "<img src=x onerror=alert(1)>" }));
  expect(link.querySelector("img")).toBeNull();
  expect(link.textContent).toContain("<img src=x onerror=alert(1)>");
});

test("the open room says that it is", () => {
  expect(show(aRoom("Garden"), true).link.getAttribute("aria-current")).toBe("page");
});
