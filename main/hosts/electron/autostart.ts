import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "electron";
import { desktopEntry, programOf, readEntry, xdgFolder } from "./desktop-entry.ts";

// Starting with the system: a login item on Windows and macOS, a file of the XDG autostart specification on Linux.

/** Says that the system has started us; with the setting `startHidden` no window opens then. */
export const AUTOSTART_FLAG = "--autostart";

export interface AutostartSystem {
  readonly app: Pick<App, "isPackaged" | "getLoginItemSettings" | "setLoginItemSettings">;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly execPath: string;
}

export interface Autostart {
  /** Null where it cannot be set: from sources, or inside a Flatpak or Snap, which may not write there. */
  isOn(): boolean | null;
  set(isOn: boolean): void;
  /** At each start: what starts with the system is this program, also after it moved or an update renamed it. */
  renew(): void;
}

export function autostart(system: AutostartSystem): Autostart {
  const { app, platform, env } = system;
  const isConfined = env["FLATPAK_ID"] !== undefined || env["SNAP"] !== undefined;
  if (!app.isPackaged || isConfined)
    return { isOn: () => null, set: () => undefined, renew: () => undefined };
  return platform === "linux" ? byFile(system) : byLoginItem(app);
}

function byLoginItem(app: AutostartSystem["app"]): Autostart {
  const args = [AUTOSTART_FLAG];
  return {
    isOn: () => app.getLoginItemSettings({ args }).openAtLogin,
    set: (isOn) => app.setLoginItemSettings({ openAtLogin: isOn, args }),
    renew: () => undefined, // installers keep the place
  };
}

function byFile({ env, execPath }: AutostartSystem): Autostart {
  const folder = join(xdgFolder(env, "XDG_CONFIG_HOME", ".config"), "autostart");
  const file = join(folder, "dunlin.desktop");
  // An AppImage runs from a place that is gone after it; its file is what stays.
  const program = env["APPIMAGE"] ?? execPath;
  const isOn = (): boolean => {
    const entry = readEntry(file);
    return entry !== null && !/^Hidden=true$/m.test(entry);
  };
  return {
    isOn,
    renew() {
      const named = programOf(readEntry(file));
      // Another copy that is still there keeps its entry.
      if (named === null || !isOn() || existsSync(named)) return;
      try {
        writeFileSync(file, entryOf(program));
      } catch {
        // Not ours to write, or full: the next start tries again.
      }
    },
    set(isOn) {
      if (!isOn) return rmSync(file, { force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, entryOf(program));
    },
  };
}

const entryOf = (program: string): string =>
  desktopEntry(program, AUTOSTART_FLAG, ["X-GNOME-Autostart-enabled=true"]);
