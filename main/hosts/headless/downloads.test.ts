import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { downloads, downloadsDir } from "./downloads.ts";

let home = "";
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "dunlin-home-"))));
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

it("is the folder the desktop names, else the usual one", () => {
  expect(downloadsDir({}, home)).toBe(join(home, "Downloads"));
  expect(downloadsDir({ XDG_DOWNLOAD_DIR: "$HOME/Got" }, home)).toBe(`${home}/Got`);
  expect(downloadsDir({ XDG_DOWNLOAD_DIR: home }, "/nobody")).toBe(home);
});

it("does not take a relative path for the folder of downloads", () => {
  expect(downloadsDir({ XDG_DOWNLOAD_DIR: "../etc" }, home)).toBe(join(home, "Downloads"));
});

it("makes the folder where there is none yet", async () => {
  const chosen = await downloads({}, home).choose();
  expect(chosen).toBe(join(home, "Downloads"));
  expect(statSync(chosen ?? "").isDirectory()).toBe(true);
});
