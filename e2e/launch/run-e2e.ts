// `npm run e2e -- [Playwright's arguments]`: build what is stale, then Playwright.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "../../main/launch/build.mjs";
import { exitLike, forwardSignals } from "../../main/launch/child.mjs";
import { root } from "../../main/launch/root.mjs";
import { say } from "../../main/launch/say.mjs";
import { obtainChromium } from "./chromium.ts";

const browser = await obtainChromium();
const failure = "why" in browser ? browser.why : await build();
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
