import type { MenuItemConstructorOptions } from "electron";

/**
 * The least a native menu must have: without these entries the keys for copy, paste and zoom do nothing. Reload and the
 * inspector are for us who build it.
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  isDevelopment: boolean,
): MenuItemConstructorOptions[] {
  const development: MenuItemConstructorOptions[] = isDevelopment
    ? [{ type: "separator" }, { role: "reload" }, { role: "toggleDevTools" }]
    : [];
  return [
    ...(platform === "darwin" ? [{ role: "appMenu" } as const] : []),
    { role: "fileMenu" },
    { role: "editMenu" },
    {
      label: "View",
      submenu: [
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { type: "separator" },
        { role: "togglefullscreen" },
        ...development,
      ],
    },
    { role: "windowMenu" },
  ];
}
