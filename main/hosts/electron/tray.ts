import {
  app,
  Menu,
  nativeImage,
  nativeTheme,
  Tray,
  type BrowserWindow,
  type MenuItemConstructorOptions,
  type NativeImage,
} from "electron";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import type { Unread } from "../../../preload/contract/unread-count.ts";
import type { Core } from "../../core/api.ts";
import { drawTray, trayLook, TRAY_SCALES, TRAY_SIZE } from "./tray-picture.ts";
import { watchUnread } from "./unread.ts";
import { words } from "./words.ts";

export interface TrayOptions {
  readonly core: Core;
  readonly window: () => BrowserWindow | null;
  /** The system's do not disturb holds. */
  readonly isQuiet: () => boolean;
  /** Shows the window, or opens it. */
  readonly onOpen: () => void;
  readonly onQuit: () => void;
}

export interface AppTray {
  close(): void;
}

const unreadLine = ({ messages, mentions }: Unread): string =>
  mentions > 0
    ? `${messages} unread, ${mentions} for you`
    : messages > 0
      ? `${messages} unread`
      : "Nothing unread";

type TrayActions = Pick<TrayOptions, "onOpen" | "onQuit"> & {
  readonly onSettings: (part: Partial<Settings>) => void;
};

/** The tray's menu. The first line is no button: some desktops show no tooltip. */
export function trayMenu(
  unread: Unread,
  { doNotDisturb, presence }: Pick<Settings, "doNotDisturb" | "presence">,
  { onOpen, onQuit, onSettings }: TrayActions,
): MenuItemConstructorOptions[] {
  const { tray } = words;
  const states = ["online", "unavailable", "offline"] as const;
  return [
    { label: unreadLine(unread), enabled: false },
    { type: "separator" },
    { label: tray.open, click: onOpen },
    {
      label: tray.doNotDisturb,
      type: "checkbox",
      checked: doNotDisturb,
      click: () => onSettings({ doNotDisturb: !doNotDisturb }),
    },
    {
      label: tray.status,
      submenu: states.map((state) => ({
        label: tray.statusOf[state],
        type: "radio" as const,
        checked: presence === state,
        click: () => onSettings({ presence: state }),
      })),
    },
    { label: tray.quit, click: onQuit },
  ];
}

/**
 * The picture in the tray, the badge of dock or taskbar, and what they count. On desktops without a tray (GNOME) the
 * picture is nowhere to be seen; then nothing depends on it (surroundings.ts).
 */
export function openTray(options: TrayOptions): AppTray {
  const { core, window, isQuiet, onOpen } = options;
  let unread: Unread = { messages: 0, mentions: 0 };
  const tray = new Tray(picture(unread));
  const follow = core.topics.settings(null, (next) => {
    settings = next;
    show();
  });
  let settings = follow.snapshot;
  const actions: TrayActions = {
    ...options,
    // Refused by a full disk, say: the menu goes on showing what holds.
    onSettings: (part) =>
      void Promise.resolve()
        .then(() => core.handlers.saveSettings({ settings: { ...settings, ...part } }))
        .catch(() => show()),
  };
  const show = (): void => {
    tray.setImage(picture(unread));
    tray.setToolTip(`Dunlin: ${unreadLine(unread)}`);
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(unread, settings, actions)));
    // Docks and taskbars of Mac and Linux have room for a number, Windows for a small picture.
    app.setBadgeCount(unread.mentions > 0 ? unread.mentions : unread.messages);
    overlay();
  };
  const overlay = (): void => {
    if (process.platform === "win32")
      window()?.setOverlayIcon(unread.mentions > 0 ? picture(unread) : null, unreadLine(unread));
  };
  // A window that was hidden, or was not there, comes with a new button on the taskbar, and nothing on it.
  app.on("browser-window-focus", overlay);
  tray.on("click", onOpen);
  const stopUnread = watchUnread(core, (next) => {
    // Somebody has just said the user's name while the window is elsewhere.
    const isCalled = next.mentions > unread.mentions && window()?.isFocused() === false;
    unread = next;
    show();
    if (isCalled && !isQuiet()) window()?.flashFrame(true);
  });
  nativeTheme.on("updated", show);
  return {
    close() {
      stopUnread();
      follow.stop();
      nativeTheme.off("updated", show);
      app.off("browser-window-focus", overlay);
      tray.destroy();
    },
  };
}

function picture(unread: Unread): NativeImage {
  const { shouldUseDarkColors, shouldUseDarkColorsForSystemIntegratedUI } = nativeTheme;
  const { platform } = process;
  const look = trayLook({ platform, shouldUseDarkColors, shouldUseDarkColorsForSystemIntegratedUI }, unread);
  const image = nativeImage.createEmpty();
  for (const scaleFactor of TRAY_SCALES) {
    const size = Math.round(TRAY_SIZE * scaleFactor);
    const buffer = drawTray({ size, unread, look });
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer });
  }
  if (platform === "darwin") image.setTemplateImage(look.isTemplate);
  return image;
}
