// `npm test`: everything CI runs; `npm test -- build demo` only the stages with these words in their names. stdout ends with `N passed, N failed`; the exit status is 0 only when none failed.
import { endRunning } from "../../main/launch/child.mjs";
import { say, secondsSince } from "../../main/launch/say.mjs";
import { closingLine, gistOf, settle } from "./outcome.ts";
import { stages, withSynapse, type Stage } from "./stages.ts";

const ci = /^(1|true)$/i.test(process.env["CI"] ?? "");
const sum = { passed: 0, failed: 0 };
const skipped: string[] = [];
const gists: string[] = [];
const shaky: string[] = [];
const begin = performance.now();

for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => {
    endRunning();
    process.exit(1);
  });

const words = process.argv.slice(2);
const chosen = stages().filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) say(`no stage is called ${words.join(" ")}; there are: ${namesOf(stages())}`);
if (words.length > 0) console.log(`only  ${namesOf(chosen)}`);
for (const stage of chosen) await runStage(stage);

if (!withSynapse) console.log("left out  everything against Synapse, because DUNLIN_TEST_WITHOUT says so");
if (process.platform !== "linux")
  console.log("left out  the app on a full and on a read-only disk: only Linux can mount one for a test");
for (const sentence of skipped) console.log(`${ci ? "MISSING" : "skipped"}  ${sentence}`);
for (const name of shaky) console.log(`shaky    passed only when run again: ${name}`);
if (gists.length > 0) console.log(["", "what failed, in short:", ...gists, ""].join("\n"));
console.log(`all stages took ${secondsSince(begin)}`);
console.log(closingLine(sum));
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1);

function namesOf(list: readonly Stage[]): string {
  return list.map(({ name }) => name).join(", ");
}

async function runStage(stage: Stage): Promise<void> {
  const start = performance.now();
  const ticking = setInterval(() => say(`${stage.name}: still running (${secondsSince(start)})`), 30_000);
  const { ranWell, ...outcome } = await stage.run().catch((error: unknown) => ({
    passed: 0,
    failed: 1,
    skipped: [],
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
    ranWell: false,
  }));
  clearInterval(ticking);
  const settled = settle(outcome, { ranWell, ci });
  sum.passed += settled.passed;
  sum.failed += settled.failed;
  skipped.push(...settled.skipped.filter((sentence) => !skipped.includes(sentence)));
  shaky.push(...(settled.shaky ?? []));
  if (settled.failed > 0 && settled.output) console.log(settled.output.trimEnd());
  if (settled.failed > 0) gists.push(`${stage.name}:`, gistOf(settled.output));
  const verdict = settled.failed > 0 ? "FAILED" : settled.passed > 0 ? "ok" : "skipped";
  console.log(`${verdict.padEnd(7)}  ${stage.name}: ${closingLine(settled)}  (${secondsSince(start)})`);
}
