import { afterEach, beforeEach, expect, test } from "vitest";
import { TypedAhead } from "./typed-ahead.ts";

let ahead: TypedAhead;
let field: HTMLTextAreaElement;
beforeEach(() => {
  ahead = new TypedAhead();
  field = document.body.appendChild(document.createElement("textarea"));
  field.focus();
});
afterEach(() => {
  ahead.end();
  document.body.replaceChildren();
});

/** True where it goes on to what has the focus. */
const press = (key: string, more: KeyboardEventInit = {}): boolean =>
  field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

test("keeps what is typed for the field that comes, and nothing of it goes anywhere else", () => {
  ahead.begin();
  for (const key of ["z", "ü", "x", "Backspace", "r", "😀"]) expect(press(key)).toBe(false);
  expect(ahead.end()).toEqual({ text: "zür😀", isEntered: false });
  expect(press("i")).toBe(true);
  expect(ahead.end()).toEqual({ text: "", isEntered: false });
});

test("an Enter chooses, and what comes after it changes nothing any more", () => {
  ahead.begin();
  for (const key of ["a", "Enter", "b", "Backspace"]) expect(press(key)).toBe(false);
  expect(ahead.end()).toEqual({ text: "a", isEntered: true });
});

test("leaves shortcuts, arrows, Escape and what is composed alone", () => {
  ahead.begin();
  expect(press("k", { ctrlKey: true })).toBe(true);
  expect(press("k", { metaKey: true })).toBe(true);
  expect(press("ArrowDown")).toBe(true);
  expect(press("Escape")).toBe(true);
  expect(press("Process", { isComposing: true })).toBe(true);
  // AltGr is how some keyboards write a character.
  expect(press("@", { ctrlKey: true, altKey: true, modifierAltGraph: true })).toBe(false);
  expect(ahead.end().text).toBe("@");
});

test("keeps nothing once it is over, and begins anew each time", () => {
  const stop = ahead.begin();
  press("a");
  stop();
  expect(press("b")).toBe(true);
  expect(ahead.end()).toEqual({ text: "", isEntered: false });
  ahead.begin();
  press("c");
  expect(ahead.end()).toEqual({ text: "c", isEntered: false });
});
