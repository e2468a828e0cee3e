import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Foundation } from "../../../preload/contract/models/desktop.ts";

// The licences of Electron and Chromium: too large to be bundled (Chromium's is some 10 MB), and files that every copy
// of the program has to have beside it.

/** As Electron's own distribution names them, and as electron-builder renames one. */
const names: Readonly<Record<Foundation, readonly string[]>> = {
  electron: ["LICENSE.electron.txt", "LICENSE"],
  chromium: ["LICENSES.chromium.html"],
};

/** The file that holds the licence, or null where this copy has none. */
export function licenceFile(
  of: Foundation,
  program: { readonly execPath: string; readonly resourcesPath?: string | undefined },
): string | null {
  // On a Mac they are among the resources: nothing may lie beside the program there.
  const folders = [
    dirname(program.execPath),
    ...(program.resourcesPath === undefined ? [] : [program.resourcesPath]),
  ];
  const files = folders.flatMap((folder) => names[of].map((name) => join(folder, name)));
  return files.find((file) => existsSync(file)) ?? null;
}
