import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The error codes we have words for; renderer/text proves each of them. */
export interface NamedCodes {
  /** For each part of the product and each file of the specification. */
  readonly named: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Files whose codes are told elsewhere or to nobody, with the reason. */
  readonly elsewhere: Readonly<Record<string, string>>;
  readonly common: readonly string[];
}

/** Said of what has no code of its own: the server's words stand there. */
const WITHOUT_WORDS: ReadonlySet<string> = new Set(["M_UNKNOWN"]);

/** "file: code" for every code that the text of a file names and the list does not have. */
export function missingCodes(list: NamedCodes, files: Readonly<Record<string, string>>): string[] {
  const known = Object.assign({}, ...Object.values(list.named)) as Record<string, readonly string[]>;
  return Object.entries(files).flatMap(([file, text]) => {
    if (Object.hasOwn(list.elsewhere, file)) return [];
    const named = new Set(text.match(/\bM_[A-Z][A-Z\d_]*/g) ?? []);
    const have = new Set([...(known[file] ?? []), ...WITHOUT_WORDS]);
    return [...named].filter((code) => !have.has(code)).map((code) => `${file}: ${code}`);
  });
}

/** The specification's files by name, as text. */
export function readFiles(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** Codes under "Common error codes" of the specification's text, where it lies beside the files. */
export function commonCodes(folder: string): string[] {
  const text = join(folder, "..", "..", "..", "content", "client-server-api", "_index.md");
  if (!existsSync(text)) return [];
  const part = /#### Common error codes\n([^]*?)\n#### /.exec(readFileSync(text, "utf8"))?.[1] ?? "";
  return [...part.matchAll(/^`(M_[A-Z\d_]+)`/gm)].map(([, code = ""]) => code);
}
