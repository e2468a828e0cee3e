import { askProgram, followProgram } from "./follow-program.ts";

// What the desktop around us allows: whether there is a tray to close the window to, and whether the user wants quiet.
// Only Linux has to be asked (docs/decisions/0009): Windows and macOS always have a tray, and hold notifications back
// themselves.

export interface Surroundings {
  /** A window closed to the tray can be found again there. */
  readonly hasTray: boolean;
  /** The desktop's own do not disturb. */
  readonly isQuiet: boolean;
}

/** What is not known is as everywhere else. */
export const usual: Surroundings = { hasTray: true, isQuiet: false };

/** Its owner is who shows trays; GNOME has none without an extension. */
const TRAYS = "org.kde.StatusNotifierWatcher";
const NOTICES = "org.freedesktop.Notifications";

/** `gdbus monitor` on the name's owner; null for any other line. */
export function isOwned(line: string): boolean | null {
  if (/^The name \S+ is owned by /.test(line)) return true;
  return /^The name \S+ does not have an owner/.test(line) ? false : null;
}

/** KDE and others: the property `Inhibited` of the notification server, as read or as a change of it. */
export function isInhibited(line: string): boolean | null {
  const value = /'Inhibited': <(true|false)>|^\(<(true|false)>,\)/.exec(line);
  return value === null ? null : (value[1] ?? value[2]) === "true";
}

/** GNOME: `gsettings` on whether banners are shown. */
export function hidesBanners(line: string): boolean | null {
  const value = /^(?:show-banners: )?(true|false)$/.exec(line.trim());
  return value === null ? null : value[1] === "false";
}

/** Tells what holds whenever it changes. Answers the function that ends it. */
export function watchSurroundings(
  system: {
    readonly platform: NodeJS.Platform;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
  onChange: (surroundings: Surroundings) => void,
): () => void {
  if (system.platform !== "linux") return () => undefined;
  const known = { hasTray: usual.hasTray, isInhibited: false, hidesBanners: false };
  const learn = (name: keyof typeof known, value: boolean | null): void => {
    if (value === null || known[name] === value) return;
    known[name] = value;
    onChange({ hasTray: known.hasTray, isQuiet: known.isInhibited || known.hidesBanners });
  };
  const stops = [
    followProgram("gdbus", ["monitor", "--session", "--dest", TRAYS], (line) =>
      learn("hasTray", isOwned(line)),
    ),
    followProgram("gdbus", ["monitor", "--session", "--dest", NOTICES], (line) => {
      if (isOwned(line) === true) askInhibited();
      if (isOwned(line) === false) learn("isInhibited", false);
      if (line.includes("PropertiesChanged")) learn("isInhibited", isInhibited(line));
    }),
  ];
  const askInhibited = (): void => {
    const place = ["--dest", NOTICES, "--object-path", `/${NOTICES.replaceAll(".", "/")}`];
    const method = ["--method", "org.freedesktop.DBus.Properties.Get", NOTICES, "Inhibited"];
    void askProgram("gdbus", ["call", "--session", ...place, ...method]).then((said) =>
      learn("isInhibited", said === null ? null : isInhibited(said)),
    );
  };
  // Other desktops may have the setting too, and nobody there who heeds it.
  if (/(^|:)GNOME($|:)/i.test(system.env["XDG_CURRENT_DESKTOP"] ?? "")) {
    const setting = ["org.gnome.desktop.notifications", "show-banners"];
    const hear = (line: string): void => learn("hidesBanners", hidesBanners(line));
    stops.push(followProgram("gsettings", ["monitor", ...setting], hear));
    void askProgram("gsettings", ["get", ...setting]).then((said) => hear(said ?? ""));
  }
  return () => {
    for (const stop of stops) stop();
  };
}
