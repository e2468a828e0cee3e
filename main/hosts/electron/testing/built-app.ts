import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** The app as it is built, for a stand-in `electron`. */
export const outMain = join(root, "out", "main", "electron.js");
export const preload = join(root, "out", "preload", "preload.cjs");

/** Builds what is not fresh by content; the launcher knows. */
export const buildApp = (): Promise<void> => build(["main", "preload"]);

/** The same with the page, for stories that load its files. */
export const buildAppAndPage = (): Promise<void> => build(["main", "preload", "renderer"]);

async function build(parts: readonly string[]): Promise<void> {
  const script = `const { build } = await import("./main/launch/build.mjs");
    const failure = await build({ only: ${JSON.stringify(parts)} });
    if (failure !== undefined) { console.error(failure); process.exit(1); }`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { cwd: root });
}
