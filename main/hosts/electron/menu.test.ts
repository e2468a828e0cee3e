import type { MenuItemConstructorOptions } from "electron";
import { describe, expect, test } from "vitest";
import { menuTemplate } from "./menu.ts";

// The native menu of each system, as a table. What of it the page does is held against the page's own list of keys in
// e2e/specs/desktop.spec.ts.

const nothing = (): void => undefined;
const menuOf = (platform: NodeJS.Platform, hasLock = true, isDevelopment = false) =>
  menuTemplate({
    ...{ platform, isDevelopment, onCommand: nothing, onSaveLogs: nothing, onShowCrashReports: nothing },
    ...{ onUseGraphicsCard: null, onCheckForUpdate: nothing, onLock: hasLock ? nothing : null },
  });
const entriesOf = (menu: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  menu.flatMap((entry) => (Array.isArray(entry.submenu) ? entriesOf(entry.submenu) : [entry]));
const keysOf = (platform: NodeJS.Platform): string[] =>
  entriesOf(menuOf(platform)).flatMap(({ id, role, accelerator, registerAccelerator, visible }) =>
    typeof accelerator === "string"
      ? [
          [
            id ?? role,
            accelerator.replace("CommandOrControl", "Main"),
            ...(registerAccelerator === false ? ["heard by the page"] : []),
            ...(visible === false ? ["hidden"] : []),
          ].join(" "),
        ]
      : [],
  );

const keys = [
  "settings Main+, heard by the page",
  "switcher Main+K heard by the page",
  "lock Main+Shift+L",
  "find Main+F heard by the page",
  "resetZoom Main+0",
  "zoomIn Main+Plus",
  "zoomOut Main+-",
  "zoomIn Main+= hidden",
  "zoomIn Main+numadd hidden",
  "zoomOut Main+numsub hidden",
  "resetZoom Main+num0 hidden",
  "shortcuts Main+/ heard by the page",
];

describe.each(["linux", "win32", "darwin"] as const)("the menu of %s", (platform) => {
  const isMac = platform === "darwin";

  test("has these keys and no others, each once", () => {
    const found = keysOf(platform);
    expect(found.toSorted()).toEqual(keys.toSorted());
    const pressed = entriesOf(menuOf(platform)).flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(pressed).size).toBe(pressed.length);
  });

  test("has the roles without which the keys of editing, zoom, windows and leaving do nothing", () => {
    const roles = entriesOf(menuOf(platform)).flatMap(({ role }) => role ?? []);
    for (const role of ["undo", "redo", "cut", "copy", "paste", "pasteAndMatchStyle", "delete", "selectAll"])
      expect(roles.filter((one) => one === role)).toHaveLength(1);
    expect(roles.filter((role) => role === "togglefullscreen")).toHaveLength(1);
    expect(roles.filter((role) => role === "quit")).toHaveLength(1);
    // On a Mac Cmd+W leaves the app running; elsewhere the menu ends it, and the title bar closes.
    expect(roles.includes("close")).toBe(isMac);
    for (const role of ["hide", "hideOthers", "unhide", "services"] as const)
      expect(roles.includes(role)).toBe(isMac);
    expect(menuOf(platform).map(({ role, label }) => role ?? label)).toEqual([
      ...(isMac ? ["appMenu"] : []),
      ...["File", "editMenu", "View", "windowMenu", "help"],
    ]);
  });

  test("offers the lock with a passphrase only, and the tools of developers from sources only", () => {
    const ids = (hasLock: boolean): unknown[] => entriesOf(menuOf(platform, hasLock)).map(({ id }) => id);
    expect([ids(true).includes("lock"), ids(false).includes("lock")]).toEqual([true, false]);
    const roles = (isDevelopment: boolean): unknown[] =>
      entriesOf(menuOf(platform, true, isDevelopment)).map(({ role }) => role);
    expect(roles(true)).toEqual(expect.arrayContaining(["reload", "toggleDevTools"]));
    expect(roles(false).filter((role) => role === "reload" || role === "toggleDevTools")).toEqual([]);
  });
});
