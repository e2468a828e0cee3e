// Every npm script is `node main/launch/run.mjs <name>`: a fresh clone with Node 20 and npm is enough.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureDependencies, ensureNode24, reexec } from "./bootstrap.mjs";
import { parseFlags } from "./flags.mjs";
import { root } from "./root.mjs";
import { say } from "./say.mjs";

const bin = (/** @type {string[]} */ ...path) => join("node_modules", ...path);

/**
 * What each script runs on Node 24, from the checkout's root.
 * @type {Record<string, string[]>}
 */
const scripts = {
  start: ["main/launch/start.mjs"],
  demo: ["e2e/launch/demo.ts"],
  test: ["e2e/launch/test.ts"],
  check: ["main/launch/check.mjs"],
  unit: [bin("vitest", "vitest.mjs"), "run", "--config", ".config/vitest.config.ts"],
  e2e: ["e2e/launch/run-e2e.ts"],
  bench: ["e2e/bench/run.ts"],
  build: ["main/launch/build-all.mjs"],
  dev: ["main/launch/dev.mjs"],
  "dev:headless": ["main/launch/dev.mjs", "--headless-host"],
  package: ["main/launch/package.mjs"],
  format: [bin("prettier", "bin", "prettier.cjs"), "--write", "."],
};

const [name = "", ...args] = process.argv.slice(2);
const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
if (!script) fail(`there is no script "${name}"; there are ${Object.keys(scripts).join(", ")}`, 2);
if (name === "start" || name === "demo") {
  const parsed = parseFlags(args, name);
  if ("error" in parsed) fail(parsed.error, 2);
}
if (Number(process.versions.node.split(".")[0]) < 20) fail("Node 20 or newer is needed to start", 1);

const missing = await ensureDependencies(root);
if (missing !== undefined) fail(missing, 1);
const node = await ensureNode24();
if (node === undefined) process.exit(1);
const [entry = "", ...first] = script ?? [];
if (!existsSync(join(root, entry))) fail(`${entry} is missing from this checkout`, 1);
reexec(node, entry, [...first, ...args]);

/**
 * @param {string} sentence
 * @param {number} status
 */
function fail(sentence, status) {
  say(sentence);
  process.exit(status);
}
