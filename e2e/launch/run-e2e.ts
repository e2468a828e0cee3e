// `npm run e2e -- [Playwright's arguments]`: build what is stale, then Playwright. `--project=electron` plays the stories in
// the real Electron, and downloads it first where it is missing.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "../../main/launch/build.mjs";
import { exitLike, forwardSignals } from "../../main/launch/child.mjs";
import { obtainElectron } from "../../main/launch/electron.mjs";
import { root } from "../../main/launch/root.mjs";
import { say } from "../../main/launch/say.mjs";
import { obtainChromium } from "./chromium.ts";

const browser = await obtainChromium();
const isForElectron = process.argv.includes("--project=electron");
const hasElectron = !isForElectron || (await obtainElectron({ always: true })) !== undefined;
const failure =
  "why" in browser ? browser.why : hasElectron ? await build() : "the stories in Electron need its program";
if (failure === undefined) {
  const cli = join(root, "node_modules", "@playwright", "test", "cli.js");
  const args = [cli, "test", "--config", "e2e/playwright.config.ts", ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  forwardSignals(child);
  child.once("exit", exitLike);
} else {
  say(failure);
  process.exitCode = 1;
}
