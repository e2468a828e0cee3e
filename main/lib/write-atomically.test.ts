import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "./write-atomically.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "dunlin-write-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("replaces the file and leaves nothing else behind", async () => {
  const path = join(dir, "a.json");
  await writeAtomically(path, "one", 0o600);
  await writeAtomically(path, "two", 0o600);
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(readdirSync(dir)).toEqual(["a.json"]);
});

test("a temporary file left by a crash is taken over, with our mode", async () => {
  const path = join(dir, "a.json");
  writeFileSync(`${path}.tmp`, "half of something", { mode: 0o644 });
  await writeAtomically(path, "whole", 0o600);
  expect(readFileSync(path, "utf8")).toBe("whole");
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("the old text stays when the new one cannot take its place", async () => {
  const path = join(dir, "taken");
  mkdirSync(join(path, "inside"), { recursive: true });
  await expect(writeAtomically(path, "text", 0o600)).rejects.toThrow();
  expect(readdirSync(dir)).toEqual(["taken"]);
});
