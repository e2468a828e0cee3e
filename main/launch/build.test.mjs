import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fingerprint, parts, stalePartsOf } from "./build.mjs";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dunlin-build-"));
  write("main/headless.ts", "1");
  write("preload/preload.ts", "1");
  write("preload/contract/ids.ts", "1");
  write("renderer/main.ts", "1");
  pretendBuilt();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(/** @type {string} */ path, /** @type {string} */ text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function pretendBuilt() {
  for (const part of parts) write(part.product, "built");
  write(
    "out/built.json",
    JSON.stringify(Object.fromEntries(parts.map((p) => [p.name, fingerprint(p, root)]))),
  );
}

const stale = () => stalePartsOf(root).map((part) => part.name);

describe("what has to be built", () => {
  test("nothing when nothing changed, whatever the clock says", () => {
    utimesSync(join(root, "main/headless.ts"), new Date(), new Date(Date.now() + 1e7));
    expect(stale()).toEqual([]);
  });

  test("only the part whose source changed", () => {
    write("renderer/main.ts", "2");
    expect(stale()).toEqual(["renderer"]);
  });

  test("every part that contains the contract", () => {
    write("preload/contract/ids.ts", "2");
    expect(stale()).toEqual(["main", "preload", "renderer"]);
  });

  test("a renamed, added or removed file counts", () => {
    rmSync(join(root, "main/headless.ts"));
    write("main/electron.ts", "1");
    expect(stale()).toEqual(["main"]);
  });

  test("tests, READMEs and the launcher do not", () => {
    write("main/core/sync/parse.test.ts", "1");
    write("main/README.md", "1");
    write("main/launch/run.mjs", "1");
    expect(stale()).toEqual([]);
  });

  test("everything when a dependency or the stamp changed", () => {
    write("package-lock.json", "{}");
    expect(stale()).toEqual(["main", "preload", "renderer"]);
    pretendBuilt();
    write("out/built.json", '{"main": "ab');
    expect(stale()).toEqual(["main", "preload", "renderer"]);
  });

  test("a part whose product was deleted", () => {
    rmSync(join(root, "out/preload"), { recursive: true });
    expect(stale()).toEqual(["preload"]);
  });
});
