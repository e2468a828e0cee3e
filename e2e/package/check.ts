// Packages the app with a stand-in Electron, unpacks the archive into an empty folder, compares what is in it with what
// was reviewed, and drives the demo from these files alone. `-u` writes down what is in it as reviewed.
import { extractAll, listPackage, statFile } from "@electron/asar";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../main/launch/child.mjs";
import { root } from "../../main/launch/root.mjs";
import { closingLine, readClosingLine } from "../launch/outcome.ts";
import { contentsOf, differences, strangers, type Contents } from "./contents.ts";
import { desktopProblems } from "./desktop.ts";
import { iconProblems } from "./icon.ts";
import { makeDistribution, readFuses } from "./stand-in-electron.ts";

const reviewedFile = join(import.meta.dirname, "contents.json");
const MINUTES = 60_000;
const isWriting = process.argv.includes("-u");
const work = mkdtempSync(join(tmpdir(), "dunlin-package-"));
const sum = { passed: 0, failed: 0 };

try {
  await checkPackage();
} catch (error) {
  report("the package can be made and opened", [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ]);
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}
console.log(closingLine(sum));
process.exit(sum.failed === 0 ? 0 : 1);

async function checkPackage(): Promise<void> {
  const app = await packaged();
  const archive = join(app, "resources", "app.asar");
  const files = listPackage(archive, { isPack: false })
    .map((path) => path.replaceAll("\\", "/").replace(/^\//, ""))
    .map((path) => ({ path, stat: statFile(archive, path) }))
    .flatMap(({ path, stat }) => ("size" in stat ? [{ path, bytes: Number(stat.size) }] : []));
  const found = contentsOf(files);
  if (isWriting) writeFileSync(reviewedFile, `${JSON.stringify(found, null, 2)}\n`);
  const reviewed = JSON.parse(readFileSync(reviewedFile, "utf8")) as Contents;
  report("nothing is in the package that was not looked at", differences(reviewed, found));
  report(
    "no source, test or other system's binary is in it",
    strangers(
      files.map(({ path }) => path),
      `linux-${process.arch}`,
    ),
  );
  report("its icon is the one logo, drawn", await iconProblems());
  report("its fuses are set, every one", fusesWrong(app));
  const total = files.reduce((bytes, file) => bytes + file.bytes, 0);
  console.log(`${files.length} files, ${(total / 1024 / 1024).toFixed(1)} MiB without Electron itself`);
  const unpacked = unpackedFrom(archive);
  report("the desktop program starts from the packaged files alone", await desktopProblems(unpacked));
  await driveFrom(unpacked);
}

/** The folder electron-builder made. */
async function packaged(): Promise<string> {
  const dist = join(work, "electron");
  const { version } = JSON.parse(
    readFileSync(join(root, "node_modules", "electron", "package.json"), "utf8"),
  ) as { version: string };
  makeDistribution(dist, version);
  const out = join(work, "dist");
  const args = [join(root, "main", "launch", "package.mjs"), "--dir", "--linux", "--electron-dist", dist];
  const { code, output } = await run(process.execPath, [...args, `-c.directories.output=${out}`], {
    cwd: root,
    timeout: 5 * MINUTES,
    // Nothing may be fetched: what packaging needs is here.
    env: { ...process.env, npm_config_offline: "true", ELECTRON_SKIP_BINARY_DOWNLOAD: "1" },
  });
  if (code !== 0) throw new Error(`npm run package failed\n${output}`);
  const app = join(out, process.arch === "arm64" ? "linux-arm64-unpacked" : "linux-unpacked");
  if (!existsSync(app)) throw new Error(`there is no ${app}\n${output}`);
  return app;
}

function fusesWrong(app: string): string[] {
  // runAsNode, cookie encryption, NODE_OPTIONS, --inspect, asar integrity, only asar, browser snapshot, file:// rights,
  // WebAssembly's traps.
  const wanted = "010011001";
  const fuses = readFuses(readFileSync(join(app, "dunlin")));
  return fuses === wanted ? [] : [`they are ${fuses ?? "missing"}, not ${wanted}`];
}

/** The packaged files, far from the sources and their node_modules. */
function unpackedFrom(archive: string): string {
  const unpacked = join(work, "unpacked");
  extractAll(archive, unpacked);
  const beside = `${archive}.unpacked`;
  if (existsSync(beside)) cpSync(beside, unpacked, { recursive: true });
  return unpacked;
}

/** The demo drives itself on them. */
async function driveFrom(unpacked: string): Promise<void> {
  const demo = join(root, "e2e", "launch", "demo.ts");
  const { code, output, stdout } = await run(process.execPath, [demo, "--check"], {
    cwd: root,
    timeout: 10 * MINUTES,
    env: { ...process.env, DUNLIN_APP_DIR: unpacked },
  });
  const counts = readClosingLine(stdout);
  report(
    `the demo runs on the packaged files alone (${closingLine(counts)})`,
    code === 0 && counts.failed === 0 ? [] : [output],
  );
}

function report(what: string, problems: readonly string[]): void {
  sum[problems.length === 0 ? "passed" : "failed"] += 1;
  console.log(`${problems.length === 0 ? "ok    " : "FAILED"}  ${what}`);
  for (const problem of problems) console.log(`        ${problem}`);
}
