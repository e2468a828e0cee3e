import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { build } from "../../../main/launch/build.mjs";
import { root } from "../../../main/launch/root.mjs";
import { say, secondsSince } from "../../../main/launch/say.mjs";
import { callFlags, chromiumFlags, obtainChromium } from "../chromium.ts";
import { openDemoWorld } from "../demo-world.ts";
import { closingLine } from "../outcome.ts";
import { appearanceSteps } from "./appearance.ts";
import { callSteps } from "./calls.ts";
import { changingSteps } from "./changing.ts";
import { offlineSteps } from "./offline.ts";
import { readingSteps } from "./reading.ts";
import { restartSteps } from "./restart.ts";
import { sessionSteps } from "./session.ts";
import { Stage, type Step } from "./stage.ts";
import { writingSteps } from "./writing.ts";

/** Every step, in order; a new feature adds a file of steps here. Each finds the app as the one before left it. */
const steps: readonly Step[] = [
  ...sessionSteps,
  ...readingSteps,
  ...writingSteps,
  ...changingSteps,
  ...offlineSteps,
  ...restartSteps,
  ...callSteps,
  ...appearanceSteps,
];

/** Drives the demo in a headless browser; prints a line per step. Returns the exit status. */
export async function checkDemo(): Promise<number> {
  const browser = await obtainChromium();
  const failure = "why" in browser ? browser.why : await builtApp();
  if (failure !== undefined || "why" in browser) {
    say(failure ?? "");
    console.log(closingLine({ passed: 0, failed: 1 }));
    return 1;
  }
  const shots = join(root, "test-results", "demo");
  rmSync(shots, { recursive: true, force: true });
  const sum = await drive(browser.path, shots);
  console.log(`screenshots are in ${shots}`);
  console.log(closingLine(sum));
  return sum.failed === 0 ? 0 : 1;
}

/** Packaged files are driven as they are. */
const builtApp = (): ReturnType<typeof build> =>
  process.env["DUNLIN_APP_DIR"] === undefined ? build() : Promise.resolve(undefined);

async function drive(executablePath: string, shots: string): Promise<{ passed: number; failed: number }> {
  const profileDir = mkdtempSync(join(tmpdir(), "dunlin-demo-check-"));
  const world = await openDemoWorld();
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags, ...callFlags] });
  const stage = new Stage(world, browser, profileDir, shots);
  const sum = { passed: 0, failed: 0 };
  for (const step of steps) {
    const ok = await perform(step, stage);
    sum[ok ? "passed" : "failed"] += 1;
  }
  await stage.closeOthers().catch((error: unknown) => say(String(error)));
  await stage.close().catch((error: unknown) => say(String(error)));
  await browser.close();
  await world.close();
  rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
  return sum;
}

async function perform(step: Step, stage: Stage): Promise<boolean> {
  const start = performance.now();
  try {
    await step.run(stage);
    await stage.screenshot(step.name);
    console.log(`ok      ${step.name}  (${secondsSince(start)})`);
    return true;
  } catch (error) {
    await stage.screenshot(`FAILED ${step.name}`).catch(() => undefined);
    console.log(`FAILED  ${step.name}  (${secondsSince(start)})`);
    console.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    console.log(stage.log());
    return false;
  }
}
