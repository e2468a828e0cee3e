import { describe, expect, test } from "vitest";
import {
  closingLine,
  readClosingLine,
  readPlaywrightReport,
  readVitestReport,
  settle,
  gistOf,
} from "./outcome.ts";

const clean = { passed: 0, failed: 0, skipped: [], output: "" };

describe("counting what the runners report", () => {
  test("vitest: failed tests, files that could not be loaded, and by name what passed only when run again", () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 2,
      numPendingTests: 1,
      numTodoTests: 1,
      success: false,
      testResults: [
        {
          assertionResults: [
            { fullName: "holds", status: "passed", failureMessages: [] },
            { fullName: "breaks", status: "failed", failureMessages: ["Error: no"] },
            {
              fullName: "holds mostly",
              status: "passed",
              failureMessages: ["Error: ENOTEMPTY\n  at a.ts:1"],
            },
          ],
        },
      ],
    };
    expect(readVitestReport(report)).toEqual({
      passed: 5,
      failed: 2,
      skipped: 2,
      shaky: ["holds mostly (Error: ENOTEMPTY)"],
    });
    const unloadable = { numPassedTests: 5, numFailedTests: 0, success: false };
    expect(readVitestReport(unloadable)).toMatchObject({ passed: 5, failed: 1 });
    expect(readVitestReport({})).toMatchObject({ failed: 1 });
  });

  test("Playwright: an error outside of tests is a failure; what passed only when run again passed, and is named", () => {
    const report = {
      stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 },
      errors: [{}],
      suites: [
        {
          specs: [{ file: "a.spec.ts", title: "holds", tests: [{ status: "expected" }] }],
          suites: [{ specs: [{ file: "a.spec.ts", title: "holds mostly", tests: [{ status: "flaky" }] }] }],
        },
      ],
    };
    expect(readPlaywrightReport(report)).toEqual({
      passed: 4,
      failed: 2,
      skipped: 2,
      shaky: ["a.spec.ts: holds mostly"],
    });
  });

  test("our own runners: the last closing line counts, none is a failure", () => {
    expect(readClosingLine("1 passed, 0 failed\nok\n12 passed, 3 failed\n")).toEqual({
      passed: 12,
      failed: 3,
    });
    expect(readClosingLine("it said 12 passed, 3 failed somewhere")).toEqual({ passed: 0, failed: 1 });
    expect(readClosingLine(closingLine({ passed: 2, failed: 0 }))).toEqual({ passed: 2, failed: 0 });
  });
});

describe("closing a stage's books", () => {
  test("a runner that ended badly without a failed test has failed once", () => {
    expect(settle({ ...clean, passed: 9 }, { ranWell: false, ci: false }).failed).toBe(1);
    expect(settle({ ...clean, passed: 9, failed: 4 }, { ranWell: false, ci: false }).failed).toBe(4);
  });

  test("a runner that ran nothing has failed, unless it was skipped aloud", () => {
    expect(settle(clean, { ranWell: true, ci: false }).failed).toBe(1);
    expect(settle({ ...clean, skipped: ["no Chromium"] }, { ranWell: true, ci: false }).failed).toBe(0);
  });

  test("in CI a skipped part is a failure", () => {
    const partly = { ...clean, passed: 3, skipped: ["no Chromium"] };
    expect(settle(partly, { ranWell: true, ci: true }).failed).toBe(1);
    expect(settle(partly, { ranWell: true, ci: false }).failed).toBe(0);
  });
});

describe("the gist of a failed stage", () => {
  test("has where each failure begins and what it says, without pictures and empty lines", () => {
    const output = [
      ...Array.from({ length: 500 }, (_, i) => `  ✓  ${i} a story that went well`),
      "  1) [synapse] › e2e/specs/history.synapse.spec.ts:58:1 › pages to the start",
      "",
      "    Error: \u001b[31mloading failed\u001b[39m",
      "    attachment #1: screenshot (image/png) ───",
      "    ─────────",
      "      at readToStart (app-page.ts:94)",
    ].join("\n");
    expect(gistOf(output).split("\n")).toEqual([
      "  1) [synapse] › e2e/specs/history.synapse.spec.ts:58:1 › pages to the start",
      "    Error: loading failed",
      "      at readToStart (app-page.ts:94)",
    ]);
  });

  test("is the end of an output in which nothing looks like a failure", () => {
    expect(gistOf("one\n\ntwo\n")).toBe("one\ntwo");
  });
});
