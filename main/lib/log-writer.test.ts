import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogWriter } from "./log-writer.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "dunlin-log-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lines = (name = "dunlin.log"): unknown[] =>
  readFileSync(join(dir, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

test("writes one object per line, only from its level up, with tokens taken out", () => {
  const writer = new LogWriter(dir, { level: "info", now: () => 0 });
  writer.log("debug", "too-small");
  writer.log("warn", "request-failed", { url: "http://x/?access_token=abc", status: 500 });
  writer.close();
  expect(lines()).toEqual([
    {
      at: "1970-01-01T00:00:00.000Z",
      level: "warn",
      event: "request-failed",
      url: "http://x/?access_token=[redacted]",
      status: 500,
    },
  ]);
});

test("errors also go to who watches the terminal", () => {
  const seen: string[] = [];
  const writer = new LogWriter(dir, { level: "info", now: () => 0, alsoErrors: (line) => seen.push(line) });
  writer.log("info", "fine");
  writer.log("error", "broken", { error: new Error("Bearer abc.def") });
  writer.close();
  expect(seen).toHaveLength(1);
  expect(seen[0]).toContain('"event":"broken"');
  expect(seen[0]).not.toContain("abc.def");
});

test("starts a new file when one is full and keeps the one before", () => {
  const writer = new LogWriter(dir, { level: "info", now: () => 0, maxBytes: 200 });
  for (let i = 0; i < 12; i++) writer.log("info", `event-${i}`);
  writer.close();
  const all = [...lines("dunlin.1.log"), ...lines()] as { event: string }[];
  expect(all.at(-1)?.event).toBe("event-11");
  expect(statSync(join(dir, "dunlin.log")).size).toBeLessThan(300);
});

test("goes on with the file of an earlier run", () => {
  for (const event of ["first", "second"]) {
    const writer = new LogWriter(dir, { level: "info", now: () => 0 });
    writer.log("info", event);
    writer.close();
  }
  expect(lines()).toMatchObject([{ event: "first" }, { event: "second" }]);
});

test("falls silent where nothing can be written", () => {
  writeFileSync(join(dir, "file"), "");
  const writer = new LogWriter(join(dir, "file"), { level: "info", now: () => 0 });
  expect(() => writer.log("error", "lost")).not.toThrow();
  writer.close();
});
