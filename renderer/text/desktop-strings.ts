import type { UpdateView } from "../../preload/contract/models/desktop.ts";

// The words about the desktop around the page: lock, updates, starting, spelling, about.

export const strings = {
  lock: {
    title: "Dunlin is locked",
    lead: "Enter your passphrase to go on.",
    keyring:
      "The keyring of this system has changed, so Dunlin cannot read your sign-in. Your passphrase opens it once more; you stay signed in.",
    passphrase: "Passphrase",
    open: "Unlock",
    wrong: "This is not the passphrase.",
    failed: "Dunlin could not be unlocked.",
  },
  settings: {
    title: "This computer",
    autostart: "Start Dunlin with the system",
    startHidden: "Then start without a window",
    startHiddenWithoutTray: "This desktop shows no tray, so the window comes all the same.",
    spellCheck: "Check spelling",
    spellHint: "Dictionaries of the languages you choose are fetched from a server of Google.",
    languages: "Languages",
    lock: "Lock",
    lockHint:
      "A passphrase locks Dunlin, and brings your sign-in back when the keyring of this system changes. Nobody can restore it for you.",
    setPassphrase: "Set a passphrase…",
    changePassphrase: "Change or remove the passphrase…",
    lockNow: "Lock now",
    lockWithScreen: "Lock together with the screen",
    lockWithScreenHint:
      "As soon as this desktop says that its screen is locked. Some desktops on Linux do not.",
    lockAfter: "Lock when nobody is here",
    never: "Never",
    afterMinutes: (minutes: number): string =>
      minutes === 1 ? "After 1 minute" : `After ${minutes} minutes`,
    failed: "This could not be changed.",
  },
  passphrase: {
    set: "Set a passphrase",
    change: "Change the passphrase",
    current: "Passphrase of now",
    next: "New passphrase",
    nextHint: "At least 8 characters; several words are best.",
    repeat: "New passphrase again",
    save: "Save",
    remove: "Remove the passphrase",
    short: "The passphrase needs at least 8 characters.",
    differ: "The two are not the same.",
    wrong: "This is not the passphrase of now.",
    failed: "The passphrase could not be changed.",
  },
  about: {
    title: "About Dunlin",
    lead: "A Matrix client that never loses, doubles or reorders what you type.",
    version: (version: string): string => `Version ${version}`,
    check: "Check for updates",
    restart: "Restart to update",
    notes: "What is new",
    licences: "Licences of what it is made with",
    noLicences: "The licences could not be loaded.",
    /** By who shows the page. */
    foundations: {
      electron: "Dunlin runs on Electron and Chromium. Their licences are files beside the program.",
      headless: "This page is shown by your own browser, whose licences come with it.",
    },
    foundationsMissing:
      "Dunlin runs on Electron and Chromium. Files with their licences belong beside the program; not all of them are in this copy.",
    showLicence: { electron: "Licence of Electron", chromium: "Licences of Chromium" },
    licenceNotShown: "The system did not open the file. It is in the folder of the program.",
    saveLogs: "Save logs…",
    logsSaved: "The logs are saved.",
    logsFailed: "The logs could not be saved.",
    saveCrashReports: "Save crash reports…",
    noCrashReports: "There are no crash reports.",
    crashReportsSaved: (count: number): string =>
      `${count === 1 ? "1 crash report is" : `${count} crash reports are`} saved. They hold what Dunlin had in memory, messages and keys among it: give them only to somebody you trust.`,
    crashReportsFailed: "The crash reports could not be saved.",
  },
  update: {
    banner: (version: string): string => `Dunlin ${version} is ready.`,
    restart: "Restart",
    whatsNew: "What is new",
    waitsFor: {
      call: "It can be installed after the call.",
      sending: "It can be installed when your messages are sent.",
    },
    refused: "Dunlin cannot restart at this moment.",
  },
} as const;

/** What is known of newer versions, in words. */
export function updateSentence(update: UpdateView): string {
  switch (update.state) {
    case "off":
      return "This copy is updated by whoever installed it.";
    case "current":
      return "This is the newest version.";
    case "checking":
      return "Looking for a newer version…";
    case "loading":
      return `Version ${update.version} is being loaded: ${update.percent} %.`;
    case "ready":
      return strings.update.banner(update.version);
    case "failed":
      return "It could not be found out whether there is a newer version.";
  }
}
