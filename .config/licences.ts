import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

// Collects the licences of all packages that a bundle is made of, while it is made, into licences.txt beside it. A
// package whose licence we may not ship ends the build.

const allowed = new Set([
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "Python-2.0",
  "Unlicense",
  "(MPL-2.0 OR Apache-2.0)",
  "(MIT OR CC0-1.0)",
]);

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/** `extra`: packages that are shipped beside the bundle. */
export function licences(extra: readonly string[] = []): Plugin {
  return {
    name: "licences",
    generateBundle(_options, bundle) {
      const dirs = new Set(extra.map((name) => join("node_modules", name)));
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const id of Object.keys(chunk.modules)) {
          const dir = packageDir(id);
          if (dir !== null) dirs.add(dir);
        }
      }
      const packages = [...dirs].map(read).sort((a, b) => (a.name < b.name ? -1 : 1));
      const refused = packages.filter(({ licence }) => !allowed.has(licence));
      if (refused.length > 0)
        this.error(
          `may not be shipped: ${refused.map(({ name, licence }) => `${name} (${licence})`).join(", ")}`,
        );
      this.emitFile({ type: "asset", fileName: "licences.txt", source: packages.map(section).join("\n\n") });
    },
  };
}

/** The folder of the package that a module belongs to, or null for our own. */
function packageDir(id: string): string | null {
  const path = id.replace(/^\0+/, "").split("?")[0] ?? "";
  const at = path.lastIndexOf("/node_modules/");
  if (at < 0) return null;
  const [first = "", second = ""] = path.slice(at + "/node_modules/".length).split("/");
  const dir = join(path.slice(0, at), "node_modules", first.startsWith("@") ? join(first, second) : first);
  return existsSync(join(dir, "package.json")) ? dir : null;
}

function read(dir: string): Package {
  const file = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const found = readdirSync(dir).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
  const text = found === undefined ? "" : readFileSync(join(dir, found), "utf8").trim();
  return { name: file.name, version: file.version, licence: file.license ?? named(text), text };
}

/** Some name theirs in the text alone. */
const named = (text: string): string => (/^(The )?MIT License/i.test(text) ? "MIT" : "unknown");

const section = ({ name, version, licence, text }: Package): string =>
  [`${name} ${version}`, licence, ...(text === "" ? [] : ["", text])].join("\n") + `\n${"-".repeat(72)}`;
