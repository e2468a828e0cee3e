import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { desktopEntry, programOf, readEntry, xdgFolder } from "./desktop-entry.ts";
import { askProgram } from "./follow-program.ts";

// Links on a Linux desktop where nobody has installed us: an AppImage is one file that brings no desktop entry, and a
// link can only be handed to a program that has one. So the AppImage writes its own, among the user's, and keeps it
// true. It is not called dunlin.desktop: that would hide the entry of a package beside it.

const NAME = "dunlin-appimage.desktop";
const type = (scheme: string): string => `x-scheme-handler/${scheme}`;

export interface LinkSystem {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the program prints, or null when it fails. */
  readonly ask?: typeof askProgram;
}

/** `dunlin://` is ours; `matrix:` only where nobody has it yet, or we do. */
export async function claimLinksByEntry(
  { env, ask = askProgram }: LinkSystem,
  program: string,
): Promise<void> {
  const folder = applications(env);
  const file = join(folder, NAME);
  const named = programOf(readEntry(file));
  // Another copy that is still there keeps its entry.
  if (named !== null && named !== program && existsSync(named)) return;
  const holders = await Promise.all(
    ["dunlin", "matrix"].map(async (scheme) => {
      const holder = (await ask("xdg-mime", ["query", "default", type(scheme)]))?.trim() ?? "";
      return { scheme, holder };
    }),
  );
  const ours = holders.filter(
    ({ scheme, holder }) => scheme === "dunlin" || holder === "" || holder === NAME,
  );
  const entry = desktopEntry(program, "%u", [
    // A handler of links, and nothing that the user has put among the programs.
    "NoDisplay=true",
    `MimeType=${ours.map(({ scheme }) => `${type(scheme)};`).join("")}`,
  ]);
  if (readEntry(file) !== entry) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, entry);
    await ask("update-desktop-database", [folder]);
  }
  for (const { scheme, holder } of ours)
    if (holder !== NAME) await ask("xdg-mime", ["default", NAME, type(scheme)]);
}

/** An AppImage that is gone leaves no entry behind, once another copy of Dunlin runs that has its own. */
export async function dropLinkEntry({ env, ask = askProgram }: LinkSystem): Promise<void> {
  const folder = applications(env);
  const file = join(folder, NAME);
  const named = programOf(readEntry(file));
  if (named === null || existsSync(named)) return;
  rmSync(file, { force: true });
  await ask("update-desktop-database", [folder]);
}

const applications = (env: LinkSystem["env"]): string =>
  join(xdgFolder(env, "XDG_DATA_HOME", ".local", "share"), "applications");
