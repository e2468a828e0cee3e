import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { run } from "./child.mjs";
import { alone } from "./lock.mjs";
import { root as checkout } from "./root.mjs";
import { say, secondsSince } from "./say.mjs";

/**
 * One bundle of the app: what it is made of and a file that shows that it is there.
 * @typedef {{ name: string, config: string, sources: string[], product: string }} Part
 * @type {Part[]}
 */
export const parts = [
  {
    name: "main",
    config: ".config/vite.main.ts",
    sources: ["main", "preload/contract"],
    product: "out/main/headless.js",
  },
  {
    name: "preload",
    config: ".config/vite.preload.ts",
    sources: ["preload"],
    product: "out/preload/preload.cjs",
  },
  {
    name: "renderer",
    config: ".config/vite.renderer.ts",
    sources: ["renderer", "preload/contract"],
    product: "out/renderer/index.html",
  },
];

/** Files that never reach a bundle: changing them must not cost a build. */
const besideTheBundle = /(\.test\.(ts|mjs)|\.model\.ts|\.md|tsconfig\.json)$/;

/**
 * A hash of everything `part` is built from, by content: a fresh checkout or a switched branch has misleading times.
 * @param {Part} part
 * @param {string} [root]
 */
export function fingerprint(part, root = checkout) {
  const hash = createHash("sha256");
  const files = part.sources.flatMap((source) => filesUnder(join(root, source)));
  for (const file of [...files, join(root, part.config), join(root, "package-lock.json")]) {
    if (!existsSync(file)) continue;
    hash.update(`${relative(root, file).split(sep).join("/")}\0`);
    hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}

function filesUnder(/** @type {string} */ dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !besideTheBundle.test(file) && !file.includes(`${sep}main${sep}launch${sep}`))
    .sort();
}

/**
 * The parts whose sources are not those of the last successful build.
 * @param {string} [root]
 */
export function stalePartsOf(root = checkout) {
  const built = readStamp(root);
  return parts.filter(
    (part) => built[part.name] !== fingerprint(part, root) || !existsSync(join(root, part.product)),
  );
}

/**
 * Builds what is stale in `out/`.
 * @param {{ force?: boolean, only?: readonly string[] }} [options] `only`: names of parts
 * @returns {Promise<string | undefined>} the failing output, undefined when all is built
 */
export async function build({ force = false, only } = {}) {
  const wanted = (/** @type {Part} */ part) => only === undefined || only.includes(part.name);
  return alone("build", async () => {
    const todo = (force ? parts : stalePartsOf()).filter(wanted);
    if (todo.length === 0) return undefined;
    say(`building ${todo.map((part) => part.name).join(", ")} into out/`);
    const start = performance.now();
    const failures = (await Promise.all(todo.map(buildPart))).filter((failure) => failure !== undefined);
    if (failures.length > 0) return failures.join("\n");
    say(`built in ${secondsSince(start)}`);
    return undefined;
  });
}

async function buildPart(/** @type {Part} */ part) {
  // Taken before the build: an edit made meanwhile must count as not built.
  const sources = fingerprint(part);
  const vite = join(checkout, "node_modules", "vite", "bin", "vite.js");
  const args = [vite, "build", "--config", part.config, "--logLevel", "warn"];
  const { code, output } = await run(process.execPath, args, { cwd: checkout, timeout: 5 * 60_000 });
  if (code !== 0) return `The build of ${part.name} failed:\n${output}`;
  writeStamp({ ...readStamp(checkout), [part.name]: sources });
  return undefined;
}

/** @returns {Record<string, string>} */
function readStamp(/** @type {string} */ root) {
  try {
    return JSON.parse(readFileSync(join(root, "out", "built.json"), "utf8"));
  } catch {
    return {}; // never built, or the stamp is damaged: build
  }
}

function writeStamp(/** @type {Record<string, string>} */ stamp) {
  mkdirSync(join(checkout, "out"), { recursive: true });
  writeFileSync(join(checkout, "out", "built.json"), JSON.stringify(stamp, null, 2));
}
