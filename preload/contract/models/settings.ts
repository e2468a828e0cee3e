export type Theme = "system" | "light" | "dark" | "high-contrast";

/** Preferences kept on this machine. */
export interface Settings {
  readonly theme: Theme;
  /** Pixels, 220…420. */
  readonly roomListWidth: number;
  readonly sendTyping: boolean;
  /** `private` sends m.read.private: others do not see it. */
  readonly readReceipts: "public" | "private";
  /** The homeserver is asked what stands behind links, which tells it which ones are seen here. */
  readonly linkPreviews: boolean;
  /** Closing the window leaves the app in the tray (Electron only). Null: as is usual on this system. */
  readonly closeToTray: boolean | null;
  /** Folded sections of the room list. */
  readonly foldedSections: readonly string[];
  /** Which messages this machine shows notifications for; `mentions` are those that highlight. */
  readonly notify: "all" | "mentions" | "none";
  /** What a notification says: all, who and where, or only that there is something. */
  readonly notificationText: "full" | "sender" | "none";
  readonly notificationSound: boolean;
  /** Until it is taken back nothing notifies here; counts go on. */
  readonly doNotDisturb: boolean;
  /** What others are told of us; `offline` is "invisible". */
  readonly presence: "online" | "unavailable" | "offline";
  /** Where the homeserver offers no TURN: ask a public STUN server, which then learns our address (VOIP-28). */
  readonly callsPublicStun: boolean;
  /** Media only through the homeserver's TURN servers: the other side does not learn our address (VOIP-29). */
  readonly callsRelayOnly: boolean;
  /** Photos are sent with place, time and camera in them. Otherwise these are taken out before they leave. */
  readonly keepPhotoDetails: boolean;
  /** Room for pictures and files of rooms on this disk, MiB (ATT-15). */
  readonly mediaCacheMegabytes: number;
  /** Underline misspelled words while writing (Electron only, as the next three). */
  readonly spellCheck: boolean;
  /** BCP 47 tags; empty: the system's. */
  readonly spellLanguages: readonly string[];
  /** Starts without its window, where there is a tray to open it from. */
  readonly startHidden: boolean;
  /** With a passphrase: locks when the system locks its screen. */
  readonly lockWithScreen: boolean;
  /** With a passphrase: locks after so many minutes without keyboard and mouse, 1…240; null: never by itself. */
  readonly lockAfterMinutes: number | null;
}

export const defaultSettings: Settings = {
  theme: "system",
  roomListWidth: 280,
  sendTyping: true,
  readReceipts: "public",
  linkPreviews: false,
  closeToTray: null,
  foldedSections: [],
  notify: "all",
  notificationText: "full",
  notificationSound: true,
  doNotDisturb: false,
  presence: "online",
  callsPublicStun: false,
  callsRelayOnly: false,
  keepPhotoDetails: false,
  mediaCacheMegabytes: 1024,
  spellCheck: true,
  spellLanguages: [],
  startHidden: false,
  lockWithScreen: true,
  lockAfterMinutes: null,
};
