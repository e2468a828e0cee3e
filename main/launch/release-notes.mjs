// `node main/launch/release-notes.mjs v1.2.3`: what CHANGELOG.md says is new in this version, which must be the one of
// package.json: installed copies compare theirs with it, and show these notes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./root.mjs";

/**
 * The text under the heading of this version: `## 1.2.3 - date` or `## [1.2.3] - date`. Undefined where there is none.
 * @param {string} changelog
 * @param {string} version
 * @returns {string | undefined}
 */
export function notesOf(changelog, version) {
  const section = changelog
    .split(/^## /m)
    .slice(1)
    .find((part) => part.split(/\s/, 1)[0]?.replace(/^\[|\]$/g, "") === version);
  const notes = section?.slice(section.indexOf("\n") + 1).trim();
  return section?.includes("\n") && notes !== "" ? notes : undefined;
}

/**
 * @param {string} tag as git has it
 * @param {{ version: string, changelog: string }} release
 * @returns {{ notes: string } | { error: string }}
 */
export function releaseNotes(tag, { version, changelog }) {
  if (tag !== `v${version}`)
    return { error: `the tag ${tag} is not v${version}, the version of package.json` };
  const notes = notesOf(changelog, version);
  return notes === undefined ? { error: `CHANGELOG.md has nothing under "## ${version}"` } : { notes };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const read = (/** @type {string} */ name) => readFileSync(join(root, name), "utf8");
  const { version } = /** @type {{ version: string }} */ (JSON.parse(read("package.json")));
  const said = releaseNotes(process.argv[2] ?? "", { version, changelog: read("CHANGELOG.md") });
  if ("notes" in said) process.stdout.write(`${said.notes}\n`);
  else {
    process.stderr.write(`${said.error}\n`);
    process.exitCode = 1;
  }
}
