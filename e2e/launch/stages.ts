import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "../../main/launch/build.mjs";
import { checks, runCheck } from "../../main/launch/check.mjs";
import { run } from "../../main/launch/child.mjs";
import { findElectron, obtainElectron } from "../../main/launch/electron.mjs";
import { root } from "../../main/launch/root.mjs";
import { describeUsed } from "../openapi/used-operations.ts";
import { installCoturn } from "../synapse/coturn.ts";
import { installSynapse } from "../synapse/install.ts";
import { obtainChromium } from "./chromium.ts";
import { readClosingLine, readPlaywrightReport, readVitestReport, type Outcome } from "./outcome.ts";

/** A stage of `npm test`. `ranWell`: the runner itself ended with status 0. */
export interface Stage {
  name: string;
  run(): Promise<Outcome & { ranWell: boolean }>;
}

/** `DUNLIN_TEST_WITHOUT=synapse`: for runners that cannot have a Synapse (Windows, macOS); said aloud, never guessed. */
export const withSynapse = process.env["DUNLIN_TEST_WITHOUT"] !== "synapse";
const MINUTES = 60_000;
/** Of the stories of a window those that need most of its host: frames, files both ways, restarts. */
const standInSpecs = ["drafts.spec", "media.spec", "settings.spec"];
const nothing = { passed: 0, failed: 0, skipped: [] as string[], output: "", ranWell: true };

/** All stages, in order. What an earlier one could not get, a later one leaves out by name. */
export function stages(): Stage[] {
  const missing: { chromium?: string | undefined; synapse?: string | undefined } = {};
  return [
    { name: "Chromium", run: async () => skippedUnless((missing.chromium = await chromium())) },
    ...(withSynapse
      ? [{ name: "Synapse", run: async () => skippedUnless((missing.synapse = await synapse())) }]
      : []),
    ...checks.map((check) => ({ name: check.name, run: () => oneCheck(check) })),
    { name: "unit, model and core tests (vitest)", run: () => vitest(".config/vitest.config.ts") },
    { name: "build", run: buildAll },
    {
      name: "app in Chromium (Playwright)",
      run: () => unlessMissing(missing.chromium, () => playwright("headless")),
    },
    ...(withSynapse
      ? [
          {
            name: "contract of homeservers on Synapse (vitest)",
            run: () => unlessMissing(missing.synapse, () => vitest("e2e/synapse/vitest.config.ts")),
          },
          {
            name: "app against Synapse (Playwright)",
            run: () =>
              unlessMissing(missing.chromium ?? missing.synapse, () =>
                playwright("synapse", [], 40 * MINUTES),
              ),
          },
        ]
      : []),
    {
      name: "Electron's bundle in Chromium (Playwright)",
      run: () => unlessMissing(missing.chromium, () => playwright("stand-in", standInSpecs)),
    },
    ...electronStage(),
    { name: "demo", run: () => unlessMissing(missing.chromium, demo) },
    // electron-builder packages for Linux with nothing but what is here; the other systems' packages are CI's own jobs.
    ...(process.platform === "linux"
      ? [{ name: "package", run: () => unlessMissing(missing.chromium, packageCheck) }]
      : []),
  ];
}

async function chromium(): Promise<string | undefined> {
  const browser = await obtainChromium();
  return "why" in browser ? `everything in Chromium: ${browser.why}` : undefined;
}

async function synapse(): Promise<string | undefined> {
  const why = await installSynapse();
  // Should it not be had, the spec that needs it says so.
  if (why === undefined) await installCoturn();
  return why === undefined ? undefined : `everything against Synapse: ${why}`;
}

function skippedUnless(why: string | undefined): Promise<Outcome & { ranWell: boolean }> {
  // Counts as one test, so that a run that had everything differs from one that did not.
  return Promise.resolve(why === undefined ? { ...nothing, passed: 1 } : { ...nothing, skipped: [why] });
}

function unlessMissing(why: string | undefined, work: Stage["run"]): ReturnType<Stage["run"]> {
  return why === undefined ? work() : Promise.resolve({ ...nothing, skipped: [why] });
}

async function oneCheck(check: (typeof checks)[number]): ReturnType<Stage["run"]> {
  const { ok, output } = await runCheck(check);
  return { ...nothing, passed: ok ? 1 : 0, failed: ok ? 0 : 1, output };
}

async function buildAll(): ReturnType<Stage["run"]> {
  const failure = await build();
  const ok = failure === undefined;
  return { ...nothing, passed: ok ? 1 : 0, failed: ok ? 0 : 1, output: failure ?? "" };
}

async function vitest(config: string): ReturnType<Stage["run"]> {
  const report = reportFile("vitest.json");
  const program = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const args = [program, "run", "--config", config, ...reporters];
  // Tests of real processes run once more before we call them broken; the configs say which those are.
  const env = { ...process.env, DUNLIN_TEST_AGAIN: "1" };
  const { code, output } = await run(process.execPath, args, { cwd: root, timeout: 20 * MINUTES, env });
  const { skipped, ...counts } = readVitestReport(readReport(report));
  return { ...counts, skipped: skippedTests(skipped, "vitest"), output, ranWell: code === 0 };
}

async function playwright(
  project: string,
  specs: readonly string[] = [],
  limit = 30 * MINUTES,
): ReturnType<Stage["run"]> {
  const report = reportFile(`${project}.json`);
  const cli = join(root, "node_modules", "@playwright", "test", "cli.js");
  const args = [
    cli,
    "test",
    ...specs,
    "--config",
    "e2e/playwright.config.ts",
    "--project",
    project,
    "--reporter=list,json",
    // Real browsers and servers on two cores: once more before we call it broken, and named if that helped.
    "--retries=1",
    // Before it is killed it stops by itself: the report then says what failed and what was never begun.
    `--global-timeout=${limit}`,
    // A folder of its own: each run empties it, also one that someone starts meanwhile.
    "--output",
    join(root, "test-results", `npm-test-${project}`),
  ];
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, FORCE_COLOR: "0" };
  const { code, output } = await run(process.execPath, args, {
    cwd: root,
    timeout: limit + 2 * MINUTES,
    env,
  });
  console.log(describeUsed());
  const { skipped, ...counts } = readPlaywrightReport(readReport(report));
  return { ...counts, skipped: skippedTests(skipped, project), output, ranWell: code === 0 };
}

/**
 * The real Electron is part of the suite where its program is here, and demanded where DUNLIN_REAL_ELECTRON says so
 * (the workflow does). Elsewhere the built bundle is tested under a stand-in `electron` module, in vitest. All stories in
 * it are a job of the workflow's own (`npm run e2e -- --project=electron`).
 */
function electronStage(): Stage[] {
  const demanded = process.env["DUNLIN_REAL_ELECTRON"] === "1";
  if (!demanded && findElectron() === undefined) return [];
  const why = "everything in the real Electron: its program could not be downloaded";
  return [
    {
      name: "app in Electron (Playwright)",
      run: async () => {
        const program = await obtainElectron({ always: true });
        return unlessMissing(program === undefined ? why : undefined, () =>
          playwright("electron", ["launch.electron"]),
        );
      },
    },
  ];
}

async function demo(): ReturnType<Stage["run"]> {
  const args = [join(root, "e2e", "launch", "demo.ts"), "--check"];
  const { code, output, stdout } = await run(process.execPath, args, { cwd: root, timeout: 10 * MINUTES });
  return { ...readClosingLine(stdout), skipped: [], output, ranWell: code === 0 };
}

async function packageCheck(): ReturnType<Stage["run"]> {
  const args = [join(root, "e2e", "package", "check.ts")];
  const { code, output, stdout } = await run(process.execPath, args, { cwd: root, timeout: 15 * MINUTES });
  return { ...readClosingLine(stdout), skipped: [], output, ranWell: code === 0 };
}

function skippedTests(count: number, where: string): string[] {
  return count === 0 ? [] : [`${count} tests marked as skipped in ${where}`];
}

function reportFile(name: string): string {
  const dir = join(root, "test-results", "reports");
  mkdirSync(dir, { recursive: true });
  rmSync(join(dir, name), { force: true });
  return join(dir, name);
}

function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // the runner died before writing it; its exit status says so too
  }
}
