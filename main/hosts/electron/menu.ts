import type { MenuItemConstructorOptions } from "electron";
import type { MenuCommand } from "../../../preload/contract/models/desktop.ts";
import { words } from "./words.ts";

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly isDevelopment: boolean;
  /** Something the page does, in a window that is shown for it. */
  readonly onCommand: (command: MenuCommand) => void;
  readonly onSaveLogs: () => void;
  /** Crash reports hold memory, and so words and keys: they are shown where they are, for the user to decide. */
  readonly onShowCrashReports: () => void;
  /** Null while the graphics card is in use. */
  readonly onUseGraphicsCard: (() => void) | null;
  readonly onCheckForUpdate: () => void;
  /** Null without a passphrase. */
  readonly onLock: (() => void) | null;
}

/**
 * The native menu. Without its roles the keys for copy, paste and zoom do nothing; what the page does by keys of its own
 * is named here without claiming them, or the page would never hear them.
 */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const { platform, isDevelopment, onCommand } = options;
  const isMac = platform === "darwin";
  const entry = (command: MenuCommand, key?: string): MenuItemConstructorOptions => ({
    id: command,
    label: words.menu[command],
    click: () => onCommand(command),
    ...(key !== undefined && { accelerator: `CommandOrControl+${key}`, registerAccelerator: false }),
  });
  const line: MenuItemConstructorOptions = { type: "separator" };
  const settings = entry("settings", ",");
  const lock: MenuItemConstructorOptions[] =
    options.onLock === null
      ? []
      : [
          {
            id: "lock",
            label: words.menu.lock,
            accelerator: "CommandOrControl+Shift+L",
            click: options.onLock,
          },
        ];
  const development: MenuItemConstructorOptions[] = isDevelopment
    ? [line, { role: "reload" }, { role: "toggleDevTools" }]
    : [];
  return [
    ...(isMac ? [appMenu(entry("about"), settings, options)] : []),
    {
      label: words.menu.file,
      submenu: [
        entry("new-chat"),
        entry("new-room"),
        entry("switcher", "K"),
        line,
        entry("outbox"),
        ...(isMac ? [] : [settings]),
        ...lock,
        line,
        isMac ? { role: "close" } : { role: "quit" },
      ],
    },
    {
      role: "editMenu",
      submenu: [
        { role: "undo" },
        { role: "redo" },
        line,
        { role: "cut" },
        { role: "copy" },
        { role: "paste" },
        { role: "pasteAndMatchStyle" },
        { role: "delete" },
        { role: "selectAll" },
        line,
        entry("find", "F"),
      ],
    },
    {
      label: words.menu.view,
      submenu: [...zoom, line, { role: "togglefullscreen" }, ...development],
    },
    { role: "windowMenu" },
    {
      role: "help",
      submenu: [
        entry("shortcuts", "/"),
        { id: "save-logs", label: words.menu.saveLogs, click: options.onSaveLogs },
        { id: "crash-reports", label: words.menu.crashReports, click: options.onShowCrashReports },
        ...(options.onUseGraphicsCard === null
          ? []
          : [{ id: "graphics", label: words.menu.graphics, click: options.onUseGraphicsCard }]),
        ...(isMac ? [] : [update(options), line, entry("about")]),
      ],
    },
  ];
}

const hidden = (role: "resetZoom" | "zoomIn" | "zoomOut", key: string): MenuItemConstructorOptions => ({
  role,
  accelerator: `CommandOrControl+${key}`,
  visible: false,
});

/** The roles' own keys are + - 0. A plus needs Shift on most keyboards, and browsers take the key without it as well. */
const zoom: readonly MenuItemConstructorOptions[] = [
  { role: "resetZoom", accelerator: "CommandOrControl+0" },
  { role: "zoomIn", accelerator: "CommandOrControl+Plus" },
  { role: "zoomOut", accelerator: "CommandOrControl+-" },
  hidden("zoomIn", "="),
  hidden("zoomIn", "numadd"),
  hidden("zoomOut", "numsub"),
  hidden("resetZoom", "num0"),
];

function update({ onCheckForUpdate }: MenuOptions): MenuItemConstructorOptions {
  return { id: "update", label: words.menu.update, click: onCheckForUpdate };
}

function appMenu(
  about: MenuItemConstructorOptions,
  settings: MenuItemConstructorOptions,
  options: MenuOptions,
): MenuItemConstructorOptions {
  return {
    role: "appMenu",
    submenu: [
      about,
      update(options),
      { type: "separator" },
      settings,
      { type: "separator" },
      { role: "services" },
      { type: "separator" },
      { role: "hide" },
      { role: "hideOthers" },
      { role: "unhide" },
      { type: "separator" },
      { role: "quit" },
    ],
  };
}
