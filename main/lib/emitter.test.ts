import { expect, test } from "vitest";
import { Emitter } from "./emitter.ts";

test("everybody hears, in the order they came", () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  emitter.on((n) => heard.push(`a${n}`));
  emitter.on((n) => heard.push(`b${n}`));
  emitter.emit(1);
  expect(heard).toEqual(["a1", "b1"]);
});

test("someone who leaves while others are told hears nothing more", () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  emitter.on(() => leave());
  const leave = emitter.on(() => heard.push("left"));
  emitter.emit(1);
  expect(heard).toEqual([]);
  expect(emitter.size).toBe(1);
});

test("the same function listening twice leaves once at a time", () => {
  const emitter = new Emitter<number>();
  let count = 0;
  const listener = (): void => void (count += 1);
  const leave = emitter.on(listener);
  emitter.on(listener);
  leave();
  leave();
  emitter.emit(1);
  expect(count).toBe(1);
});

test("a listener that throws keeps nobody from hearing it", () => {
  const emitter = new Emitter<number>();
  const heard: number[] = [];
  emitter.on(() => {
    throw new Error("broken");
  });
  emitter.on((n) => heard.push(n));
  expect(() => emitter.emit(7)).toThrow("broken");
  expect(heard).toEqual([7]);
});
