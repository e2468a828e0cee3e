import { expect, test } from "vitest";
import { defaultChoice, loadChoice, parseChoice, saveChoice, videoConstraints } from "./device-choice.ts";

test("what was chosen is there the next time", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  expect(loadChoice(storage)).toEqual(defaultChoice);
  const choice = { ...defaultChoice, camera: "desk", echoCancellation: false };
  saveChoice(storage, choice);
  expect(loadChoice(storage)).toEqual(choice);
});

test.each([null, "", "{", "5", '"text"', "[]"])("%s is no choice", (text) => {
  expect(parseChoice(text)).toEqual(defaultChoice);
});

test("a part that makes no sense is not chosen; the rest stays", () => {
  expect(parseChoice('{"microphone":5,"camera":"c","speaker":"","noiseSuppression":false}')).toEqual({
    ...defaultChoice,
    camera: "c",
    noiseSuppression: false,
  });
});

test("no camera is asked for by name unless one was chosen", () => {
  expect(videoConstraints(defaultChoice)).not.toHaveProperty("deviceId");
  expect(videoConstraints({ ...defaultChoice, camera: "c" })).toMatchObject({ deviceId: { exact: "c" } });
});
