/** What one stage of `npm test` came to. */
export interface Outcome {
  passed: number;
  failed: number;
  /** What was left out, and why: whole sentences. Counted as failures when CI is true. */
  skipped: string[];
  /** Names of tests that failed at first and passed when run again. They are said aloud: each may hide a race. */
  shaky?: string[];
  /** Shown in full when something failed. */
  output: string;
}

/** The closing line every runner of ours ends with. */
export function closingLine({ passed, failed }: { passed: number; failed: number }): string {
  return `${passed} passed, ${failed} failed`;
}

/** Reads the last closing line in a runner's output; none at all is one failure. */
export function readClosingLine(stdout: string): { passed: number; failed: number } {
  const last = [...stdout.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  return last ? { passed: Number(last[1]), failed: Number(last[2]) } : { passed: 0, failed: 1 };
}

interface VitestReport {
  readonly numPassedTests?: unknown;
  readonly numFailedTests?: unknown;
  readonly numPendingTests?: unknown;
  readonly numTodoTests?: unknown;
  readonly success?: unknown;
  readonly testResults?: readonly {
    assertionResults?: readonly { fullName?: string; status?: string; failureMessages?: readonly string[] }[];
  }[];
}

/**
 * Reads vitest's JSON report. A file that could not be loaded has no failed test, but did fail. A test that passed only
 * when run again counts as passed and is named, with what it had failed of.
 */
export function readVitestReport(report: unknown): {
  passed: number;
  failed: number;
  skipped: number;
  shaky: string[];
} {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success, testResults } =
    report as VitestReport;
  const failed = count(numFailedTests);
  return {
    passed: count(numPassedTests),
    failed: success === true || failed > 0 ? failed : 1,
    skipped: count(numPendingTests) + count(numTodoTests),
    shaky: (testResults ?? [])
      .flatMap(({ assertionResults = [] }) => assertionResults)
      .filter(({ status, failureMessages = [] }) => status === "passed" && failureMessages.length > 0)
      .map(
        ({ fullName = "", failureMessages: [first = ""] = [] }) => `${fullName} (${first.split("\n")[0]})`,
      ),
  };
}

interface PlaywrightSuite {
  readonly title?: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly { title?: string; file?: string; tests?: readonly { status?: string }[] }[];
}
interface PlaywrightReport extends PlaywrightSuite {
  readonly stats?: Record<string, unknown>;
  readonly errors?: readonly unknown[];
}

/**
 * Reads Playwright's JSON report. Errors outside of tests (a spec that does not compile) count as failures. A test that
 * passed only when run again counts as passed and is named.
 */
export function readPlaywrightReport(report: unknown): {
  passed: number;
  failed: number;
  skipped: number;
  shaky: string[];
} {
  const { stats = {}, errors = [], ...root } = report as PlaywrightReport;
  return {
    passed: count(stats["expected"]) + count(stats["flaky"]),
    failed: count(stats["unexpected"]) + errors.length,
    skipped: count(stats["skipped"]),
    shaky: shakyIn(root),
  };
}

function shakyIn({ suites = [], specs = [] }: PlaywrightSuite): string[] {
  const own = specs
    .filter(({ tests = [] }) => tests.some(({ status }) => status === "flaky"))
    .map(({ file = "", title = "" }) => `${file}: ${title}`);
  return [...own, ...suites.flatMap(shakyIn)];
}

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/**
 * Closes a stage's books: a runner that ended badly failed at least once, a runner without a single test too, and with
 * CI nothing may be left out.
 */
export function settle(outcome: Outcome, { ranWell, ci }: { ranWell: boolean; ci: boolean }): Outcome {
  const failed = outcome.failed + (ci ? outcome.skipped.length : 0);
  const nothingRan = outcome.passed + failed === 0 && outcome.skipped.length === 0;
  return { ...outcome, failed: failed === 0 && (!ranWell || nothingRan) ? 1 : failed };
}

/** Lines kept of one failure, and of one stage: what a reader of the last screen needs to know. */
const LINES_PER_FAILURE = 14;
const LINES_PER_STAGE = 60;
const beginsFailure = /^\s*(?:FAIL\s|\d+\) \[|✗|not ok\b|FAILED\b|error\b|.*\berror TS\d+)/;

/**
 * The gist of a runner's output: where each failure begins, and the first lines of what it says. Long logs are cut at
 * their beginning by those who show them, so this is printed last. Falls back to the end of the output.
 */
export function gistOf(output: string): string {
  // Without the terminal's colours.
  const lines = output.replace(/\u001b\[[\d;]*m/g, "").split("\n");
  const kept: string[] = [];
  let left = 0;
  for (const line of lines) {
    if (beginsFailure.test(line)) left = LINES_PER_FAILURE;
    if (left === 0 || line.trim() === "" || /^\s*(?:─|attachment #)/.test(line)) continue;
    left -= 1;
    kept.push(line.slice(0, 300));
  }
  return (kept.length > 0 ? kept : lines.filter((line) => line.trim() !== "").slice(-LINES_PER_FAILURE))
    .slice(0, LINES_PER_STAGE)
    .join("\n");
}
