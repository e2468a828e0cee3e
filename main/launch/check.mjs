// `npm run check`: every tool that reads the code, then the unit, model and core tests.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run } from "./child.mjs";
import { root } from "./root.mjs";
import { secondsSince } from "./say.mjs";

const tool = (/** @type {string[]} */ ...path) => join(root, "node_modules", ...path);
const tsc = (/** @type {string} */ folder) => [tool("typescript", "bin", "tsc"), "-p", folder, "--noEmit"];

/**
 * Each entry counts as one test of `npm test`.
 * @type {{ name: string, args: string[] }[]}
 */
export const checks = [
  { name: "format (prettier)", args: [tool("prettier", "bin", "prettier.cjs"), "--check", "."] },
  {
    name: "lint (eslint)",
    args: [tool("eslint", "bin", "eslint.js"), "-c", ".config/eslint.config.js", "."],
  },
  {
    name: "layers (dependency-cruiser)",
    args: [
      tool("dependency-cruiser", "bin", "dependency-cruiser.mjs"),
      "--config",
      ".config/layers.cjs",
      "main",
      "preload",
      "renderer",
      "e2e",
    ],
  },
  { name: "types of the contract", args: tsc("preload/contract") },
  { name: "types of preload", args: tsc("preload") },
  { name: "types of main", args: tsc("main") },
  { name: "types of the launcher", args: tsc("main/launch") },
  { name: "types of e2e", args: tsc("e2e") },
  {
    name: "types of renderer (svelte-check)",
    args: [
      tool("svelte-check", "bin", "svelte-check"),
      "--tsconfig",
      "renderer/tsconfig.json",
      "--fail-on-warnings",
    ],
  },
  { name: "dead code (knip)", args: [tool("knip", "bin", "knip.js"), "--config", ".config/knip.json"] },
];

/**
 * Runs one of the `checks`.
 * @param {{ name: string, args: string[] }} check
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function runCheck({ args }) {
  const [program = ""] = args;
  if (!existsSync(program)) return { ok: false, output: `${program} is missing` };
  const { code, output, timedOut } = await run(process.execPath, args, { cwd: root, timeout: 10 * 60_000 });
  return { ok: code === 0, output: timedOut ? `${output}\nnot done within 10 minutes` : output };
}

const unitTests = {
  name: "unit, model and core tests (vitest)",
  args: [tool("vitest", "vitest.mjs"), "run", "--config", ".config/vitest.config.ts"],
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  let failed = 0;
  for (const check of [...checks, unitTests]) {
    const start = performance.now();
    const { ok, output } = await runCheck(check);
    console.log(`${ok ? "ok    " : "FAILED"}  ${check.name}  ${secondsSince(start)}`);
    if (ok) continue;
    failed += 1;
    console.log(output);
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
