// What the desktop itself knows and the core does not: links from elsewhere, menus, updates, the lock. In a browser
// window there is no desktop, and all of it is off.

/** A passphrase guards the app, or none does. */
export type Lock =
  | { readonly state: "none" }
  | { readonly state: "open" }
  /** Nothing is served before the passphrase. `keyring`: the system's keyring has changed, and only it can help. */
  | { readonly state: "locked"; readonly reason: "user" | "keyring" };

export type UpdateView =
  /** This copy does not update itself: a package of the system, or started from its sources. */
  | { readonly state: "off" }
  | { readonly state: "current" }
  | { readonly state: "checking" }
  /** 0…100 */
  | { readonly state: "loading"; readonly version: string; readonly percent: number }
  | {
      readonly state: "ready";
      readonly version: string;
      /** What is new, as plain text; empty when nobody said. */
      readonly notes: string;
      /** Why a restart has to wait. */
      readonly waitsFor: "call" | "sending" | null;
    }
  | { readonly state: "failed" };

/** What a menu outside the page asks of it. */
export type MenuCommand =
  "settings" | "shortcuts" | "switcher" | "new-chat" | "new-room" | "outbox" | "about" | "find";

/** What the page is to do next. `number` grows with each; done when the page says so. */
export type Errand = { readonly number: number } & (
  | { readonly kind: "command"; readonly command: MenuCommand }
  /** The address of a room, message or person, checked. */
  | { readonly kind: "link"; readonly link: string }
);

export interface DesktopView {
  readonly lock: Lock;
  readonly update: UpdateView;
  /** Whether the app starts with the system; null where that cannot be set here. */
  readonly autostart: boolean | null;
  /** Languages the spell check knows, as BCP 47 tags; empty where the system chooses. */
  readonly languages: readonly string[];
  /** A window closed to the tray can be found again there. */
  readonly hasTray: boolean;
  /** The system's own do not disturb, where it can be known: calls do not ring, the window does not ask for attention. */
  readonly isQuiet: boolean;
  readonly errand: Errand | null;
}

export const noDesktop: DesktopView = {
  lock: { state: "none" },
  update: { state: "off" },
  autostart: null,
  languages: [],
  hasTray: true,
  isQuiet: false,
  errand: null,
};

/** What Dunlin runs on where it is a program: their licences are files of their own beside it. */
export type Foundation = "electron" | "chromium";

/** Requests that the host answers, not the core. */
export interface HostRequests {
  /** The page has done this errand. */
  errandDone(params: { number: number }): void;
  setAutostart(params: { isOn: boolean }): void;
  /** Asks for a newer version now. */
  checkForUpdate(params: Record<never, never>): void;
  /** Ends and starts the new version; refused while a call goes on or something is being sent. */
  restartToUpdate(params: Record<never, never>): void;
  /** Refused while a call goes on or without a passphrase. */
  lockApp(params: Record<never, never>): void;
  /** `isOpen` is false when the passphrase is wrong. */
  unlockApp(params: { passphrase: string }): { isOpen: boolean };
  /** Sets, changes (`next`) or removes (`next` null) the passphrase. `isDone` is false when `current` is wrong. */
  setPassphrase(params: { current: string | null; next: string | null }): { isDone: boolean };
  /** Asks where to, and writes all logs into one file there. `isSaved` is false when the user declined. */
  saveLogs(params: Record<never, never>): { isSaved: boolean };
  /**
   * Asks for a folder, and copies every crash report there. `saved` is null when the user declined; 0, without asking,
   * when there are none. They hold memory of the app, and so words and keys.
   */
  saveCrashReports(params: Record<never, never>): { saved: number | null };
  /** The licences of everything in our own bundles, as plain text, and whose others lie beside the program. */
  loadLicences(params: Record<never, never>): { text: string; beside: readonly Foundation[] };
  /** Shows one that lies beside the program, in the system's own program for such files. */
  showLicence(params: { of: Foundation }): void;
}
