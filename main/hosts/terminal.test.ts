import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

const terminal = new URL("terminal.ts", import.meta.url).href;

/** Runs for half a second with a terminal that is gone, says something twice, and exits with the faults it met. */
const program = (isPrepared: boolean) => `
  import { outliveTerminal } from ${JSON.stringify(terminal)};
  ${isPrepared ? "outliveTerminal();" : ""}
  let faults = 0;
  process.on("uncaughtException", () => void (faults += 1));
  process.stdin.once("data", () => {
    process.stderr.write("an error\\n");
    process.stdout.write("ready\\n");
    setTimeout(() => process.stderr.write("another\\n"), 100);
    setTimeout(() => process.exit(Math.min(faults, 9)), 500);
  });
`;

async function faultsOf(isPrepared: boolean): Promise<unknown> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program(isPrepared)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdout.destroy();
  child.stderr.destroy();
  child.stdin.write("go\n");
  const [code] = (await once(child, "exit")) as unknown[];
  return code;
}

it("goes on in silence when the terminal is gone", async () => {
  expect(await faultsOf(true)).toBe(0);
});

it("would not without this", async () => {
  expect(await faultsOf(false)).toBeGreaterThan(0);
});
