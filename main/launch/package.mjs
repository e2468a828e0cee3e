// `npm run package`: the installers for this system, by electron-builder.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "./build.mjs";
import { exitLike, forwardSignals } from "./child.mjs";
import { root } from "./root.mjs";
import { say } from "./say.mjs";

const failure = await build({ force: true });
if (failure === undefined) {
  const builder = join(root, "node_modules", "electron-builder", "cli.js");
  const args = [builder, "--publish", "never", ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  forwardSignals(child);
  child.once("exit", exitLike);
} else {
  process.stderr.write(`${failure}\n`);
  say("nothing was packaged: the build failed");
  process.exitCode = 1;
}
