import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

// docs/security.md against the tests it names: each promise names one test, and that test is there and is run.

const root = join(import.meta.dirname, "..", "..");
const OPEN = "## Not guarded yet";
const text = readFileSync(join(root, "docs", "security.md"), "utf8");

/** Every promise: what is promised, `file` › title. Lines run on until the next one or an empty line. */
function promises(): { promise: string; file: string; title: string }[] {
  const [guarded = ""] = text.split(OPEN);
  return guarded
    .split(/^- /m)
    .slice(1)
    .map((item) => item.split("\n\n")[0]?.replace(/\s+/g, " ").trim() ?? "")
    .map((item) => {
      const [, promise = item, file = "", title = ""] = /^(.+): `([^`]+)` › (.+)$/.exec(item) ?? [];
      return { promise, file, title };
    });
}

/** What the tests in a source are called; those that are not run (`skip`, `todo`, `fixme`, `fails`) are none. */
function titlesOf(source: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const chain = namesOf(node.expression);
      if (chain.some((name) => ["skip", "todo", "fixme", "fails"].includes(name))) return;
      const [title] = node.arguments;
      if (["test", "it"].includes(chain[0] ?? "") && title !== undefined && ts.isStringLiteralLike(title))
        titles.push(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("some.test.ts", source, ts.ScriptTarget.Latest));
  return titles;
}

/** `test.each([…])` → test, each. */
function namesOf(called: ts.Expression): string[] {
  if (ts.isIdentifier(called)) return [called.text];
  if (ts.isPropertyAccessExpression(called)) return [...namesOf(called.expression), called.name.text];
  return ts.isCallExpression(called) ? namesOf(called.expression) : [];
}

/** As .config/vitest.config.ts and e2e/playwright.config.ts choose them. */
const isRun = (file: string): boolean =>
  /^(main|preload|renderer|e2e)\/.*\.test\.ts$/.test(file) || /^e2e\/specs\/[^/]+\.spec\.ts$/.test(file);

test("the security checklist makes promises at all, and no two by the same test", () => {
  const guards = promises().map(({ file, title }) => `${file} › ${title}`);
  expect(guards.length).toBeGreaterThan(30);
  expect(guards).toEqual([...new Set(guards)]);
});

test("what nothing guards is said openly, and only at the end", () => {
  expect(text.split(OPEN)).toHaveLength(2);
});

describe.each(promises())("$promise", ({ file, title }) => {
  test(`is guarded by ${file} › ${title}`, () => {
    expect([file, isRun(file) && existsSync(join(root, file))]).toEqual([file, true]);
    expect(titlesOf(readFileSync(join(root, file), "utf8"))).toContain(title);
  });
});

test("a test that is not run guards nothing, nor does a title that is only mentioned", () => {
  const source = `
    const said = "mentioned";
    test("run", () => {});
    it.each([1])("each", () => {});
    test.skip("skipped", () => {});
    describe.skip("all of these", () => { it("inside", () => {}); });
    describe.runIf(true)("some", () => { test.runIf(true)("nested", () => {}); });`;
  expect(titlesOf(source)).toEqual(["run", "each", "nested"]);
});
