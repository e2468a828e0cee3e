import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

// Files of the Desktop Entry Specification that name this program, and where the user's own ones are.

type Environment = Readonly<Record<string, string | undefined>>;

/** A folder of the XDG Base Directory Specification: of the variable where that is absolute, else below home. */
export function xdgFolder(
  env: Environment,
  name: "XDG_CONFIG_HOME" | "XDG_DATA_HOME",
  ...ifUnset: readonly string[]
): string {
  const set = env[name];
  return set !== undefined && isAbsolute(set) ? set : join(env["HOME"] ?? homedir(), ...ifUnset);
}

/** `argument`: what the program is started with, written as the entry has it. `more`: further lines. */
export function desktopEntry(program: string, argument: string, more: readonly string[]): string {
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=Dunlin",
    // Once the program is uninstalled the system passes over what is left here.
    `TryExec=${program.replace(/\\/g, "\\\\")}`,
    `Exec=${quoted(program)} ${argument}`,
    "Icon=dunlin",
    "Terminal=false",
    ...more,
    "",
  ].join("\n");
}

/** What is stored there, or null. */
export function readEntry(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** The program an entry of ours names, or null. */
export const programOf = (entry: string | null): string | null =>
  /^TryExec=(.*)$/m.exec(entry ?? "")?.[1]?.replace(/\\\\/g, "\\") ?? null;

/** As the specification wants it: in quotes, with `"`, `` ` ``, `$` and `\` escaped, and `%` doubled. */
const quoted = (path: string): string =>
  `"${path
    .replace(/["`$\\]/g, (sign) => `\\${sign}`)
    .replace(/\\/g, "\\\\")
    .replace(/%/g, "%%")}"`;
