import { expect } from "vitest";
import { SECRET, type Made } from "./containers.ts";
import type { Patch, Source } from "./patch.ts";
import { stripperInPlace } from "./strip.ts";

// Test support: what is cleaned in its place, and what of it must have stayed. Nothing of the product imports it.

/** mulberry32 */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const sourceOf = (bytes: Uint8Array): Source => ({
  size: bytes.length,
  read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
});

function applied(bytes: Buffer, patches: readonly Patch[]): Buffer {
  const after = Buffer.from(bytes);
  for (const { at, length, head, fill } of patches) {
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at + length).toBeLessThanOrEqual(bytes.length);
    expect(head.length).toBeLessThanOrEqual(length);
    after.fill(fill, at, at + length);
    after.set(head, at);
  }
  return after;
}
/** Null when nobody can say what would be left. */
export async function stripped(bytes: Buffer): Promise<Buffer | null> {
  const strip = stripperInPlace(bytes);
  if (strip === null) return bytes;
  const patches = await strip(sourceOf(bytes));
  return patches === null ? null : applied(bytes, patches);
}
export async function clean(bytes: Buffer): Promise<Buffer> {
  const after = await stripped(bytes);
  if (after === null) throw new Error("not understood");
  return after;
}

/** Nothing is changed but in what tells something, and of that nothing is left. */
export function expectOnlyGone(before: Buffer, after: Buffer, telling: readonly Buffer[]): void {
  expect(after.includes(SECRET)).toBe(false);
  expect(after.length).toBe(before.length);
  const ours = new Uint8Array(before.length);
  for (const part of telling) {
    expect(before.includes(part)).toBe(true);
    for (let at = before.indexOf(part); at >= 0; at = before.indexOf(part, at + 1))
      ours.fill(1, at, at + part.length);
  }
  const moved = [...before.keys()].filter((at) => before[at] !== after[at] && ours[at] === 0);
  expect(moved).toEqual([]);
}
export async function expectClean({ bytes, telling }: Made): Promise<void> {
  const after = await clean(bytes);
  expectOnlyGone(bytes, after, telling);
  expect((await clean(after)).equals(after)).toBe(true);
}
