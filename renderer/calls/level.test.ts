import { expect, test } from "vitest";
import { loudness } from "./level.svelte.ts";

const wave = (amplitude: number): Float32Array => new Float32Array(512).fill(amplitude);

test("silence is nothing, a shout is full, and a voice lies between", () => {
  expect(loudness(wave(0), 0)).toBe(0);
  expect(loudness(wave(1), 0)).toBe(1);
  const voice = loudness(wave(0.03), 0);
  expect(voice).toBeGreaterThan(0.3);
  expect(voice).toBeLessThan(0.8);
});

test("rises at once and falls softly", () => {
  expect(loudness(wave(1), 0.1)).toBe(1);
  expect(loudness(wave(0), 1)).toBeCloseTo(0.92);
});
