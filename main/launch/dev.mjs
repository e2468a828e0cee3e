// `npm run dev`, `npm run dev:headless`: rebuild what changed; restart the app when its main process did.
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";
import { build, stalePartsOf } from "./build.mjs";
import { root } from "./root.mjs";
import { say } from "./say.mjs";

const args = [join(root, "main", "launch", "start.mjs"), ...process.argv.slice(2)];
/** @type {import("node:child_process").ChildProcess | undefined} */
let app;
let restarting = false;
/** @type {NodeJS.Timeout | undefined} */
let soon;

for (const folder of ["main", "preload", "renderer"])
  // Editors write several times per save: wait for a moment of silence.
  watch(join(root, folder), { recursive: true }, () => {
    clearTimeout(soon);
    soon = setTimeout(() => void rebuild(), 150);
  });
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => app?.kill("SIGTERM"));
run();

function run() {
  app = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
  app.once("exit", (code) => {
    if (!restarting) process.exit(code ?? 0);
    restarting = false;
    run();
  });
}

async function rebuild() {
  const stale = stalePartsOf().map((part) => part.name);
  if (stale.length === 0) return;
  const failure = await build();
  if (failure !== undefined) {
    process.stderr.write(`${failure}\n`);
  } else if (stale.includes("main") || stale.includes("preload")) {
    say("restarting the app");
    restarting = true;
    app?.kill("SIGTERM");
  } else {
    say("the page changed: reload it");
  }
}
