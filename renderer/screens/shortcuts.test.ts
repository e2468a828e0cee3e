import { expect, test } from "vitest";
import { mainKey } from "../text/main-key.ts";
import { commandOf } from "./shortcuts.ts";

const press = (key: string, held: string[] = []) =>
  commandOf({
    key,
    ctrlKey: held.includes("Ctrl"),
    metaKey: held.includes("Meta"),
    altKey: held.includes("Alt"),
    shiftKey: held.includes("Shift"),
  });

test.each([
  ["k", ["Ctrl"], "switch-room"],
  ["K", ["Meta"], "switch-room"],
  ["K", ["Ctrl", "Shift"], "search"],
  [",", ["Ctrl"], "settings"],
  ["d", ["Ctrl"], "mute"],
  ["E", ["Meta"], "camera"],
  ["D", ["Ctrl", "Shift"], null],
  ["/", ["Ctrl", "Shift"], "shortcuts"],
  ["ArrowUp", ["Alt"], "previous-room"],
  ["ArrowDown", ["Alt", "Shift"], "next-unread"],
  ["F6", [], "next-region"],
  ["F6", ["Shift"], "previous-region"],
  ["Escape", [], "escape"],
  ["k", [], null],
  ["ArrowUp", [], null],
  // AltGr is Ctrl+Alt on Windows: it types characters.
  ["k", ["Ctrl", "Alt"], null],
  ["ArrowUp", ["Ctrl", "Alt"], null],
] as const)("%s with %j is %s", (key, held, command) => {
  expect(press(key, [...held])).toBe(command);
});

test("the main key is written as the system writes it", () => {
  expect(mainKey("MacIntel")).toBe("⌘");
  expect(mainKey("Linux x86_64")).toBe("Ctrl");
});
