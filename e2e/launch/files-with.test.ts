import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { filesWith } from "./files-with.ts";

it("finds what is written anywhere below, and passes over what is not there any more", () => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-files-with-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "deep", "deeper"), { recursive: true });
  writeFileSync(join(folder, "deep", "deeper", "a.db"), Buffer.from("\0\0harbour\0"));
  writeFileSync(join(folder, "b.txt"), "nothing");
  expect(filesWith(folder, ["quay", "harbour"])).toEqual([join(folder, "deep", "deeper", "a.db")]);
  expect(filesWith(folder, ["quay"])).toEqual([]);
  expect(filesWith(join(folder, "gone"), ["quay"])).toEqual([]);
});
